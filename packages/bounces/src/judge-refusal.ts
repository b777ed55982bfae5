/**
 * Whose fault it is that a mail did not arrive: the `mailbox` is not there, it is `passing`, or it is about `us`: our
 * address, our server, or what we wrote. Only the first says that there is nobody to write to.
 */
export type Fault = 'mailbox' | 'passing' | 'us'

export type Refusal = {
  /** As in RFC 3463: `5.1.1`. */
  status?: string | undefined
  /** As in RFC 5321: `550`. */
  code?: number | undefined
  /** What the server said, in any words. */
  reply: string
}

/** Codes of RFC 3463 and the registry that RFC 5248 opened; the longest beginning counts. */
const faults: Record<string, Fault> = {
  '4': 'passing',
  '4.7': 'us',
  '5': 'passing',
  '5.1.0': 'mailbox',
  '5.1.1': 'mailbox',
  '5.1.2': 'mailbox',
  '5.1.3': 'mailbox',
  '5.1.6': 'mailbox',
  // The domain says that it takes no mail at all (RFC 7505).
  '5.1.10': 'mailbox',
  '5.1.7': 'us',
  '5.1.8': 'us',
  '5.1.9': 'us',
  '5.2.1': 'mailbox',
  '5.2.3': 'us',
  '5.3.4': 'us',
  '5.5': 'us',
  '5.6': 'us',
  '5.7': 'us',
}

/** Codes that servers use for everything, where their words tell more. */
const vague = /^[45]\.(0\.0|[1-7]\.0|4\.1|7\.1)$/

/** Looked at in this order: a reply that speaks of a policy may well name the mailbox too. */
const words: [RegExp, Fault][] = [
  [/access denied.{0,40}AS\(|recipient address rejected: access denied/i, 'mailbox'],
  [/spam|blocked|black ?list|block ?list|policy|reputation|\b(spf|dkim|dmarc)\b|unsolicited|not authori[sz]ed/i, 'us'],
  [/\bsender('s)? (address )?(rejected|refused|denied|not allowed)|invalid sender\b/i, 'us'],
  [/over ?quota|quota exceeded|mailbox (is )?(full|over)|mailbox full|insufficient (system )?storage/i, 'passing'],
  [
    /(user|recipient|mailbox|account|address)s?\b.{0,40}\b(unknown|not found|does(n't| not) exist|not exist|no longer|disabled|inactive|invalid|unavailable|suspended)/i,
    'mailbox',
  ],
  [/(unknown|no such|invalid|non-?existent) (local )?(user|recipient|mailbox|account|address|person)/i, 'mailbox'],
  [/no (such )?(user|mailbox|recipient|account) (here|by that name|with)/i, 'mailbox'],
]

/**
 * Judges a refusal, in a dialogue or in a report of one, by its enhanced status code where it has a telling one, else by
 * the words, else by the code. What nobody can tell is `passing`: it takes several of those before anybody is
 * written off.
 */
export function judgeRefusal({status: told, code, reply}: Refusal): Fault {
  const status = told ?? statusIn(reply)
  const byCode = status === undefined ? undefined : faultOf(status)
  if (byCode !== undefined && !vague.test(status!)) return byCode
  const isFinal = status?.startsWith('5') ?? (code === undefined || code >= 500)
  const byWords = words.find(([pattern]) => pattern.test(reply))?.[1]
  // "For now" is what a 4 means, whatever is said beside it.
  if (byWords !== undefined && (isFinal || byWords !== 'mailbox')) return byWords
  return byCode ?? 'passing'
}

/** The enhanced status code in what a server said. */
export function statusIn(text: string): string | undefined {
  return /(?:^|[\s#(;-])([245]\.\d{1,3}\.\d{1,3})(?=[\s:;,.)>\]]|$)/.exec(text)?.[1]
}

function faultOf(status: string): Fault | undefined {
  const [kind, subject] = status.split('.')
  return faults[status] ?? faults[`${kind}.${subject}`] ?? faults[kind ?? '']
}
