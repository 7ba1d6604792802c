/** So many are looked at each time: more than come, so that what is dead goes in the end. */
const looksMax = 2

/**
 * Forgets what came first of what is too much, and returns it. What lives is kept and counts as
 * new: where very many live, not all of them are looked at each time that something is added.
 */
export function forgetOldest<Item>(
  items: Map<string, Item>,
  max: number,
  lives: (key: string, item: Item) => boolean,
): Item[] {
  const forgotten: Item[] = []
  for (let looks = 0; looks < looksMax && items.size > max; looks++) {
    const [oldest] = items
    if (oldest === undefined) break
    const [key, item] = oldest
    items.delete(key)
    if (lives(key, item)) items.set(key, item)
    else forgotten.push(item)
  }
  return forgotten
}
