/** What was looked at, and what came of it. `advice` says what to do where it is not as it should be. */
export type Finding = {
  about: string
  state: 'good' | 'bad' | 'unsure' | 'unknown'
  message: string
  advice?: string
}
