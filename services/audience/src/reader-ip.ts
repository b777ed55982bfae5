import type {Context} from 'hono'
import type {AudienceOptions} from './audience.ts'

/** Network address of whoever asks, where it is known. */
export function readerIp(c: Context, {trustProxy}: Pick<AudienceOptions, 'trustProxy'>): string | undefined {
  const told = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  if (trustProxy && told !== undefined && told !== '') return told
  const {incoming} = (c.env ?? {}) as {incoming?: {socket?: {remoteAddress?: string}}}
  return incoming?.socket?.remoteAddress
}
