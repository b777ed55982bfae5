import {createHmac, timingSafeEqual} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress, type TokenKey} from '@broadside/subscribers'
import {fromBase32, toBase32} from './base32.ts'
import {packReference, unpackReference, type MailReference} from './pack-reference.ts'

/** `bounce`: the envelope sender, where reports go. `leave`: where a mail program writes to for the reader to leave. */
export type ReturnPurpose = 'bounce' | 'leave'

/** What an address of ours says. */
export type ReturnTag = {purpose: ReturnPurpose; reference: MailReference}

export type ReturnPaths = {
  /** An address that is about one mail and nothing else. The same reference gives the same address. */
  addressFor(purpose: ReturnPurpose, reference: MailReference): string
  /** What stands in that address for the mail, for places that hold less than an address: letters and digits. */
  tagFor(purpose: ReturnPurpose, reference: MailReference): string
  readTag(tag: string): ReturnTag | undefined
  /** What the address is about; undefined for one that was not made here. */
  read(address: string): ReturnTag | undefined
  /** What the addresses of ours are about that stand anywhere in a text, in their order. */
  find(text: string): ReturnTag[]
}

/** 64 bits: each guess costs a mail, and a right one says that one mail did not arrive. */
const macBytes = 8
const letters: Record<ReturnPurpose, string> = {bounce: 'b', leave: 'u'}

/**
 * Addresses that tell which mail an answer is about, so that what comes back is told from what somebody made up:
 * `bounces+<tag>@example.org`, where the tag is in base 32 and holds the reference and the first bytes of an
 * HMAC-SHA256 (RFC 2104) over purpose and reference. Mail servers may change the case of all of it. The first key
 * signs, all verify. `template` has a `*` where the tag goes.
 *
 * @throws BroadsideError `bounces.return-path` (invalid) for a template that gives no addresses.
 */
export function createReturnPaths({template, keys}: {template: string; keys: readonly TokenKey[]}): ReturnPaths {
  const [before = '', after = '', ...more] = template.split('*')
  if (more.length > 0 || !isAddress(`${before}b${after}`) || !after.includes('@')) {
    throw new BroadsideError(
      'invalid',
      'bounces.return-path',
      `${template} gives no addresses that mail can return to`,
      {
        hint: 'Set RETURN_PATH to something like bounces+*@example.org, or *@bounces.example.org',
      },
    )
  }
  const [newest] = keys
  const pattern = new RegExp(`${literally(before)}[bu][a-z2-7]{20,}${literally(after)}(?![a-z0-9.-])`, 'gi')

  function read(address: string): ReturnTag | undefined {
    const given = address.toLowerCase()
    const [start, end] = [before.toLowerCase(), after.toLowerCase()]
    if (!given.startsWith(start) || !given.endsWith(end)) return undefined
    return readTag(given.slice(start.length, given.length - end.length))
  }

  function readTag(tag: string): ReturnTag | undefined {
    const purpose = tag.startsWith(letters.bounce) ? 'bounce' : 'leave'
    const bytes = tag.startsWith(letters[purpose]) ? fromBase32(tag.slice(1)) : undefined
    if (bytes === undefined || bytes.length <= macBytes) return undefined
    const packed = bytes.subarray(0, -macBytes)
    const mac = bytes.subarray(-macBytes)
    const isOurs = keys.some(({secret}) => timingSafeEqual(mac, macOf(secret, purpose, packed)))
    const reference = isOurs ? unpackReference(packed) : undefined
    return reference === undefined ? undefined : {purpose, reference}
  }

  function tagFor(purpose: ReturnPurpose, reference: MailReference): string {
    const packed = packReference(reference)
    const mac = macOf(newest!.secret, purpose, packed)
    return `${letters[purpose]}${toBase32(Buffer.concat([packed, mac]))}`
  }

  return {
    addressFor(purpose, reference) {
      const address = `${before}${tagFor(purpose, reference)}${after}`
      if (isAddress(address)) return address
      throw new BroadsideError(
        'invalid',
        'bounces.return-path',
        `${template} leaves no room for what mail returns to`,
        {
          hint: 'Choose a shorter part before the @ of RETURN_PATH, such as *@bounces.example.org',
        },
      )
    },
    tagFor,
    readTag,
    read,
    find: (text) => [...text.matchAll(pattern)].map(([address]) => read(address)).filter((tag) => tag !== undefined),
  }
}

function macOf(secret: Uint8Array, purpose: ReturnPurpose, packed: Uint8Array): Uint8Array {
  const hmac = createHmac('sha256', secret).update(`broadside return path 1\n${purpose}\n`).update(packed)
  return hmac.digest().subarray(0, macBytes)
}

function literally(text: string): string {
  return text.replace(/[^a-z0-9]/gi, '\\$&')
}

function isAddress(text: string): boolean {
  try {
    return parseAddress(text).address === text
  } catch {
    return false
  }
}
