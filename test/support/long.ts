/** Whether tests may take their time: `npm run test:long`, and CI. */
export const isLong = process.env.MESOSTATE_LONG === '1'
