/** Some lines of a source as one text; an empty one at the end stands for the last line break. */
export const lines = (...texts) => texts.join('\n')
