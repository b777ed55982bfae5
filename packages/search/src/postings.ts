export type Postings = {
  /** Adds a post, higher than those before, and how much it has of the word: 1 to 9. */
  add(post: number, weight: number): void
  packed(): string
}

/**
 * The posts of a word as text: for each the distance from the one before in letters (none for the next), then the weight
 * as a digit. `unpackPostings` of the page's script reads it.
 */
export function createPostings(): Postings {
  // Numbers until they are asked for: text that grows by two letters at a time costs several times as much.
  const entries: number[] = []
  return {
    add: (post, weight) => void entries.push(post * 10 + weight),
    packed() {
      let packed = ''
      let last = -1
      for (const entry of entries) {
        const post = Math.floor(entry / 10)
        packed += letters(post - last - 1) + (entry - post * 10)
        last = post
      }
      return packed
    },
  }
}

/** Bijective base 26, as columns of a sheet are named: 0 is nothing, 1 `a`, 26 `z`, 27 `aa`. */
function letters(step: number): string {
  let text = ''
  for (let rest = step; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text
  }
  return text
}
