/** Whether two pieces of plain data say the same; the order of fields means nothing. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false
  if (Array.isArray(left) || Array.isArray(right)) return isSameList(left, right)
  const others: Readonly<Record<string, unknown>> = { ...right }
  let fields = 0
  for (const [name, value] of Object.entries(left)) {
    if (value === undefined) continue
    if (!isSameJson(value, others[name])) return false
    fields++
  }
  return fields === Object.values(others).filter((value) => value !== undefined).length
}

function isSameList(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
  return left.every((item, index) => isSameJson(item, right[index]))
}
