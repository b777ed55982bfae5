const lookMs = 10

/**
 * Waits until `look` gives something other than undefined, null or false, and gives that. It looks a hundred times a
 * second; what it throws counts as not yet, and is the cause when `withinMs` is over.
 */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  {withinMs = 20_000}: {withinMs?: number} = {},
): Promise<Value> {
  const deadline = performance.now() + withinMs
  let cause: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined && found !== null && found !== false) return found
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`, {cause})
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}
