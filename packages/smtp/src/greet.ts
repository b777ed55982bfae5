import {isIP} from 'node:net'
import {hostname} from 'node:os'
import type {Dialogue, Reply} from './dialogue.ts'
import type {SmtpError} from './judge-failure.ts'
import type {SmtpTarget} from './smtp-target.ts'

/** What a server says in EHLO that it can do, by keyword, with what stands behind it. */
export type Extensions = ReadonlyMap<string, string>

/** EHLO; HELO where the server knows no EHLO, and then it can do nothing (RFC 5321 4.1.1.1). Throws what `refusal` makes. */
export async function greet(dialogue: Dialogue, ms: number, name = ownName()): Promise<Extensions> {
  dialogue.write(`EHLO ${name}\r\n`, 1)
  const reply = await dialogue.reply(ms, 'EHLO')
  if (reply.code === 250) {
    const lines = reply.text.split('\n').slice(1)
    return new Map(
      lines.map((line) => {
        const [, keyword = '', rest = ''] = /^\d{3}[ -]([^ =]+)[ =]?(.*)$/.exec(line) ?? []
        return [keyword.toUpperCase(), rest.toUpperCase()]
      }),
    )
  }
  if (reply.code < 500) throw refusal(reply, 'EHLO')
  dialogue.write(`HELO ${name}\r\n`, 1)
  const again = await dialogue.reply(ms, 'HELO')
  if (again.code !== 250) throw refusal(again, 'HELO')
  return new Map()
}

/** AUTH PLAIN (RFC 4616), or LOGIN where the server offers only that. Throws with the code `EAUTH`. */
export async function logIn(
  dialogue: Dialogue,
  ms: number,
  {user, pass}: NonNullable<SmtpTarget['credentials']>,
  extensions: Extensions,
): Promise<void> {
  const offered = (extensions.get('AUTH') ?? '').split(' ')
  const inBase64 = (text: string) => Buffer.from(text).toString('base64')
  const lines =
    offered.includes('LOGIN') && !offered.includes('PLAIN')
      ? ['AUTH LOGIN', inBase64(user), inBase64(pass)]
      : [`AUTH PLAIN ${inBase64(`\0${user}\0${pass}`)}`]
  for (const [at, line] of lines.entries()) {
    dialogue.write(`${line}\r\n`, 1)
    const reply = await dialogue.reply(ms, 'AUTH')
    const expected = at === lines.length - 1 ? 235 : 334
    if (reply.code !== expected) throw Object.assign(refusal(reply, 'AUTH'), {code: 'EAUTH'})
  }
}

/** A reply that is not the one hoped for, as an error. */
export function refusal({code, text}: Reply, command: string): SmtpError {
  return Object.assign(new Error(`${command} was answered: ${text}`), {
    code: 'EREPLY',
    command,
    response: text,
    responseCode: code,
  })
}

/** A name with a dot, or else an address in brackets, as RFC 5321 4.1.3 wants it. */
function ownName(): string {
  const host = hostname()
  if (isIP(host) === 4) return `[${host}]`
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) ? host : '[127.0.0.1]'
}
