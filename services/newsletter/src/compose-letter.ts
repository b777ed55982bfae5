import {diagnosticsOf, type Db, type LetterRow} from '@broadside/ledger'
import {formatPlace} from '@broadside/content'
import {composeConfirmation, composeFailure, messageIdFor, type FailureInput} from '@broadside/mail'
import type {Tokens} from '@broadside/subscribers'
import type {SiteVoice} from './site-voice.ts'

/** A confirmation link works for this long, ms. */
const confirmMs = 7 * 86_400_000

/** A letter with its address, and what it tells when it is to the author of a push. */
export type ReadyLetter = LetterRow & {address: string; failure: Failure | undefined}
type Failure = Pick<FailureInput, 'commit' | 'problems'>

/** What went wrong with a revision: what its author can put right, else what its release fails at. */
export async function failureOf(db: Db, {site, revision}: LetterRow): Promise<Failure | undefined> {
  if (revision === null) return undefined
  const row = await db
    .selectFrom('revisions')
    .select('commit_id')
    .where('site', '=', site)
    .where('number', '=', revision)
    .executeTakeFirstOrThrow()
  const errors = (await diagnosticsOf(db, site, revision)).filter(({severity}) => severity === 'error')
  const problems = errors.map(({file, line, column_number: column, message, cure}) => ({
    place: formatPlace({file, ...(line === null ? {} : {line}), ...(column === null ? {} : {column})}),
    message,
    ...(cure === null ? {} : {cure}),
  }))
  const release = await db
    .selectFrom('releases')
    .select('trouble')
    .where('site', '=', site)
    .where('revision', '>=', revision)
    .where('trouble', 'is not', null)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  const trouble = typeof release?.trouble === 'string' ? [{message: release.trouble}] : []
  return {commit: row.commit_id, problems: [...trouble, ...problems]}
}

/** The bytes to submit, with a link as `signs` makes it. A repeat has the same Message-ID. */
export function composeLetter(
  letter: ReadyLetter,
  voice: SiteVoice,
  {signs, now}: {signs: Tokens['sign']; now: number},
): Uint8Array {
  const {id, site, subscriber, address, failure} = letter
  const common = {
    site: voice.site,
    from: voice.from,
    ...(voice.replyTo === undefined ? {} : {replyTo: voice.replyTo}),
    messageId: messageIdFor(failure === undefined ? id : `${site} ${id}`, subscriber, voice.domain),
    date: new Date(now),
  }
  if (failure !== undefined) return composeFailure({...common, ...failure}, address)
  const token = signs({purpose: 'confirm', site, subscriber, expiresAt: new Date(now + confirmMs)})
  return composeConfirmation({...common, confirmUrl: voice.link('confirm', token)}, address)
}
