import type {ImportedState} from './subscriber-state.ts'

/** What the cells of one column mean. `said` columns speak of consent; the strictest of them decides. */
export type Column =
  | {kind: 'address' | 'name' | 'created-at' | 'ignored'}
  | {kind: 'said'; meaning: (value: string) => ImportedState | 'unknown'}

const addressNames = new Set([
  'email',
  'e mail',
  'email address',
  'e mail address',
  'emailaddress',
  'mail',
  'address',
  'subscriber email',
  'e mail adresse',
  'mailadresse',
])
// Where the name is in two columns they are joined in the order of the file.
const nameNames = /^((full|subscriber|first|given|last|family) ?name|name|surname|fname|lname)$/
const createdNames = new Set([
  'created at',
  'created',
  'creation date',
  'subscribed at',
  'subscription date',
  'optin time',
  'signup date',
  'date added',
  'start date',
  'joined',
  'joined at',
])
const statusNames =
  /^(status|state|(subscription|subscriber|member|membership|contact|email|marketing|email marketing|email subscriber|list) (status|state|type))$/
const consentNames =
  /^(subscribed|active|enabled|opt(ed)? ?in|subscribed to emails|newsletter|consent|marketing consent|accepts (email )?marketing|email permission)$/
const proofNames = /^((email )?(confirmed|verified|activated|validated)|double opt ?in)$/

/**
 * What a column is, from its header as Ghost, Substack, Mailchimp, listmonk, Buttondown, beehiiv and plain people
 * write it. A header that speaks of leaving, bounces or complaints is heeded whoever wrote it: a file may narrow
 * consent by mistake, and must not widen it.
 */
export function columnOf(header: string): Column {
  const name = header
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  if (addressNames.has(name)) return {kind: 'address'}
  if (nameNames.test(name)) return {kind: 'name'}
  if (statusNames.test(name)) return {kind: 'said', meaning: statusMeaning}
  if (name === 'type') return {kind: 'said', meaning: (value) => negativeIn(value) ?? 'active'}
  if (consentNames.test(name)) return {kind: 'said', meaning: (value) => whenFalse(value, 'unsubscribed')}
  if (proofNames.test(name)) return {kind: 'said', meaning: (value) => whenFalse(value, 'pending')}
  const negative = negativeIn(name)
  if (negative !== undefined) return {kind: 'said', meaning: (value) => (isNo(value) ? 'active' : negative)}
  if (createdNames.has(name)) return {kind: 'created-at'}
  return {kind: 'ignored'}
}

/** Whether a first line made of these cells is a header. */
export function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => columnOf(cell).kind === 'address')
}

function statusMeaning(value: string): ImportedState | 'unknown' {
  const negative = negativeIn(value)
  if (negative !== undefined) return negative
  const status = value
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim()
  if (/^(pending|unconfirmed|unactivated|not confirmed|validating|waiting|)$/.test(status)) return 'pending'
  const good =
    /^(active|subscribed|enabled|confirmed|regular|premium|free|paid|comped|complimentary|gifted|trialed|true|yes|opted in|member)$/
  return good.test(status) ? 'active' : 'unknown'
}

function negativeIn(text: string): ImportedState | undefined {
  const words = text.toLowerCase()
  if (/complain|spam|abuse/.test(words)) return 'complained'
  if (
    /unsub|opt(ed)?[ _-]?out|block|black ?list|suppress|disabled|delet|remov|cancel|inactive|churned|do ?not|left\b|gone\b/.test(
      words,
    )
  ) {
    return 'unsubscribed'
  }
  return /bounce|clean|undeliver|invalid/.test(words) ? 'bounced' : undefined
}

function whenFalse(value: string, otherwise: ImportedState): ImportedState {
  if (value === '') return 'pending'
  return isNo(value) ? otherwise : 'active'
}

function isNo(value: string): boolean {
  return /^(|false|f|no|n|nein|off|none|null|never|nil|-|0(\.0+)?)$/i.test(value)
}
