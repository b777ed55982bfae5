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
  let packed = ''
  let last = -1
  return {
    add(post, weight) {
      packed += `${letters(post - last - 1)}${weight}`
      last = post
    },
    packed: () => packed,
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
