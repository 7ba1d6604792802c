/**
 * What is told of each scenario. `ofFloorMin` is the least share of the floor's pace, `max` the
 * most there may be in the figure's own unit, `ofSteadyMin` the least share of our steady rate.
 */
export const figures = [
  { name: 'steady: tasks/s', from: 'steady.perSecond', ofFloorMin: 0.35 },
  { name: 'steady: server CPU s per 1,000 tasks', from: 'steady.cpu', isCost: true, max: 0.8 },
  { name: 'burst in one ACCEPT: tasks/s', from: 'burst.perSecond', ofSteadyMin: 0.5 },
  { name: '`true` as commands: tasks/s', from: 'commands.perSecond', ofFloorMin: 0.4 },
  { name: 'one at a time: ACCEPT → RUNNING p50 ms', from: 'single.p50Ms', isCost: true, max: 3 },
  { name: 'one at a time: ACCEPT → RUNNING p99 ms', from: 'single.p99Ms', isCost: true },
  { name: 'storm: calls/s', from: 'storm.perSecond', ofFloorMin: 0.35 },
  { name: 'storm: /health p99 ms meanwhile', from: 'storm.p99Ms', isCost: true },
  { name: 'state: GET /state ms', from: 'state.stateMs', isCost: true, max: 100 },
  { name: 'state: GET_STATE ms', from: 'state.getStateMs', isCost: true, max: 150 },
  { name: 'state: longest gap in /health ms', from: 'state.longestMs', isCost: true, max: 50 },
]

/**
 * `ours` and `floor`: medians by scenario and key. Scenarios that were not played are not told of;
 * a figure that this system does not give is said to be left out.
 */
export function tell({ ours, floor }) {
  const played = figures.filter(({ from }) => from.split('.')[0] in ours)
  const measured = played.filter(({ from }) => at(ours, from) !== undefined)
  return {
    rows: played.map((figure) => rowOf(figure, ours, floor)),
    verdicts: measured.flatMap((figure) => verdictOf(figure, ours, floor)),
  }
}

function at(medians, from) {
  const [scenario, key] = from.split('.')
  return medians[scenario]?.[key]
}

function rowOf(figure, ours, floor) {
  const own = at(ours, figure.from)
  const share = shareOfFloor(figure, ours, floor)
  return {
    figure: figure.name,
    ours: own === undefined ? 'left out' : readable(own),
    floor: readable(at(floor, figure.from)),
    'of the floor': share === undefined ? '–' : percent(share),
    bar: barOf(figure),
  }
}

/** How much of the floor's pace ours has; of costs, the floor's over ours. */
function shareOfFloor({ from, isCost }, ours, floor) {
  const [own, base] = [at(ours, from), at(floor, from)]
  if (own === undefined || base === undefined) return undefined
  return isCost ? base / own : own / base
}

function barOf({ ofFloorMin, max, ofSteadyMin }) {
  if (ofFloorMin !== undefined) return `≥ ${percent(ofFloorMin)} of the floor`
  if (ofSteadyMin !== undefined) return `≥ ${percent(ofSteadyMin)} of steady`
  return max === undefined ? '–' : `≤ ${max}`
}

function verdictOf(figure, ours, floor) {
  const { ofFloorMin, ofSteadyMin, max } = figure
  const name = `${figure.name} ${barOf(figure)}`
  const own = at(ours, figure.from)
  if (max !== undefined) return [{ name, value: `${readable(own)}`, met: own <= max }]
  const steady = at(ours, 'steady.perSecond')
  if (ofSteadyMin !== undefined && steady === undefined) return []
  const [share, min] =
    ofSteadyMin === undefined
      ? [shareOfFloor(figure, ours, floor), ofFloorMin]
      : [own / steady, ofSteadyMin]
  return min === undefined ? [] : [{ name, value: percent(share), met: share >= min }]
}

function percent(share) {
  return `${Math.round(share * 100)} %`
}

function readable(value) {
  if (value === undefined) return '–'
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
