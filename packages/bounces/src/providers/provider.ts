import type {ReadReport} from '../mail/mail-report.ts'
import type {Fault} from '../judge-refusal.ts'

/** A request as it came: signatures are over these bytes, and no others that mean the same. */
export type ProviderRequest = {headers: {get(name: string): string | null}; body: Uint8Array}

/** One event of a provider about one mail. */
export type ProviderReport = (
  | ReadReport
  /** The provider took the mail and did not send it. */
  | {kind: 'rejected'; fault: Fault; status?: string; reply: string}
  | {kind: 'leave'; reply: string}
) & {
  /** The provider's name of the event, the same when it comes again. */
  event: string
  /** When it happened, ms. */
  at: number
  /** The tag that went with the mail, where the provider gives it back. */
  tag?: string
  /** Headers of the mail, where the provider gives those. */
  quoted: string
}

/** What a request tells: events, or the address at which the provider wants to hear that it is welcome. */
export type ProviderReading = {reports: ProviderReport[]; confirmUrl?: string}

export type Provider = {
  /**
   * Whether the request is the provider's own, and meant for us. Nothing of it is read before. `now` is ms.
   * Throws where that cannot be found out now.
   */
  verify(request: ProviderRequest, now: number): boolean | Promise<boolean>
  /** Reads a verified body; throws for one of another shape. Events that tell nothing of ours are left out. */
  read(payload: unknown): ProviderReading
}

/** Under this name the tag of a mail travels with it, and comes back with events. */
export const tagName = 'broadside'
