import type {Fault} from '../judge-refusal.ts'

/** What a report says became of a mail. */
export type ReadReport =
  | {kind: 'bounced'; fault: Fault; status?: string; reply: string}
  | {kind: 'delayed'; status?: string; reply: string}
  | {kind: 'delivered'; reply: string}
  | {kind: 'complained'; reply: string}

/**
 * What a mail that came in says about one of ours, and where ours may be named in it. From an absence notice or another
 * robot's answer, or from a person's, nothing follows.
 */
export type MailReport = (ReadReport | {kind: 'automatic'} | {kind: 'other'}) & {
  /** The Message-ID of the report, where it has one. */
  messageId?: string
  /** To whom the report came, as its headers say. */
  addressed: string
  /** What it says of our mail: its headers, and what the report quotes of it. */
  quoted: string
}
