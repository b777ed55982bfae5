/** The parts of an edition that differ between recipients. */
export type PersonalPart = 'unsubscribe-url' | 'preferences-url'

/**
 * Where a personal part goes. U+0001 is no legal character of HTML and is taken out of all text that goes into a mail,
 * so no post can write a mark.
 */
export function mark(part: PersonalPart): string {
  return `\u0001${part}\u0001`
}

/** The text between the marks; what stands at odd places is the name of a part. */
export function splitAtMarks(text: string): string[] {
  return text.split('\u0001')
}

export function withoutMarks(text: string): string {
  return text.replaceAll('\u0001', '')
}
