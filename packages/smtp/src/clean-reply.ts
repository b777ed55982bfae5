/**
 * A server's words as they may stand in a ledger and a log: one line of printable text, mail addresses left out
 * (servers repeat them, and addresses stand in the subscriber row alone), 500 characters at most.
 */
export function cleanReply(reply: string): string {
  return reply
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[^\s<>@"'=,;:()]+@[^\s<>@"',;()]+/g, '…')
    .trim()
    .slice(0, 500)
}

/** The three numbers of RFC 3463 that many servers put behind the reply code: `5.1.1`. */
export function enhancedCode(reply: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(reply)?.[1]
}
