import {BroadsideError} from '@broadside/runtime'

/** What keeps vacation notices and other robots from answering (RFC 3834; the second is Exchange's). */
export const automatic = 'Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n'

/** Date as RFC 5322 3.3 writes it, in UTC. */
export function dateHeader(date: Date): string {
  return `Date: ${date.toUTCString().replace('GMT', '+0000')}\r\n`
}

/** Throws `mail.message-id.invalid` (invalid). */
export function messageIdHeader(messageId: string): string {
  if (messageId.length > 400 || !/^<[A-Za-z0-9._+-]+@[A-Za-z0-9._-]+>$/.test(messageId)) {
    throw new BroadsideError('invalid', 'mail.message-id.invalid', 'The Message-ID is not of the form <name@domain>')
  }
  return `Message-ID: ${messageId}\r\n`
}
