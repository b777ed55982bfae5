import {BroadsideError} from '@broadside/runtime'

/** What keeps vacation notices and other robots from answering (RFC 3834; the second is Exchange's). */
export const automatic = 'Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n'

/** Date as RFC 5322 3.3 writes it, in UTC. */
export function dateHeader(date: Date): string {
  return `Date: ${date.toUTCString().replace('GMT', '+0000')}\r\n`
}

/** Throws `mail.message-id.invalid` (invalid). */
export function messageIdHeader(messageId: string): string {
  return `Message-ID: ${checked(messageId)}\r\n`
}

/** Puts a mail into the thread of one before it (RFC 5322 3.6.4). Throws `mail.message-id.invalid` (invalid). */
export function threadHeaders(messageId: string): string {
  return `In-Reply-To: ${checked(messageId)}\r\nReferences: ${checked(messageId)}\r\n`
}

function checked(messageId: string): string {
  if (messageId.length > 400 || !/^<[A-Za-z0-9._+-]+@[A-Za-z0-9._-]+>$/.test(messageId)) {
    throw new BroadsideError('invalid', 'mail.message-id.invalid', 'The Message-ID is not of the form <name@domain>')
  }
  return messageId
}
