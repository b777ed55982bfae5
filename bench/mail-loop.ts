import {composeEdition, messageIdFor, personalise, previewFor} from '@broadside/mail'
import {joinFragment, renderFragment} from '@broadside/markdown'
import type {DkimKey} from '@broadside/smtp'
import {createTransport} from 'nodemailer'

/**
 * What a plain program does: the same message to everybody over a pool of nodemailer, with a personal link in both
 * parts and in the header. `ready` leaves composing out: the bytes are pieced together as Broadside does it.
 */
export async function sendLoop(given: {
  url: string
  people: number
  connections: number
  body: string
  key: DkimKey | undefined
  ready: boolean
}): Promise<{accepted: number; cpuMs: number; sendMs: number}> {
  const {key, connections} = given
  const {hostname, port} = new URL(given.url)
  const dkim =
    key === undefined
      ? {}
      : {dkim: {domainName: key.domain, keySelector: key.selector, privateKey: key.privateKey as unknown as string}}
  const pool = {pool: true, maxConnections: connections, maxMessages: 1_000_000, ignoreTLS: true} as const
  const transport = createTransport({...pool, ...dkim, host: hostname, port: Number(port)})
  const message = composeEdition({
    site: {name: 'bench', title: 'Bench', homeUrl: 'https://bench.example/', language: 'en'},
    post: {
      title: 'About news',
      url: 'https://bench.example/posts/news/',
      html: joinFragment(renderFragment(given.body, {file: 'posts/news.md'}), () => '#', 'mail'),
      date: '2026-11-01',
      authors: [],
      excerpt: '',
    },
    subject: 'About news',
    from: {name: 'Notes', address: 'notes@bench.example'},
    listId: 'bench.bench.example',
    editionId: 'edition',
  })
  const started = performance.now()
  const before = process.cpuUsage()
  let next = 0
  let accepted = 0
  async function lane(): Promise<void> {
    while (next < given.people) {
      const person = next++
      const address = `person-${person}@readers-${person % 100}.example`
      const link = `https://bench.example/audience/unsubscribe/${person}.0123456789abcdefghijklmnopqrst`
      const messageId = messageIdFor('edition', String(person), 'bench.example')
      const envelope = {from: message.from.address, to: [address]}
      if (given.ready) {
        const recipient = {address, unsubscribeUrl: link, oneClickUrl: link, messageId, date: new Date()}
        await transport.sendMail({envelope, raw: Buffer.from(personalise(message, recipient))})
      } else {
        await transport.sendMail({
          ...previewFor(message, link),
          envelope,
          messageId,
          from: {...message.from},
          to: address,
          subject: message.subject,
          headers: {
            'List-Id': `<${message.listId}>`,
            'List-Unsubscribe': `<${link}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        })
      }
      accepted += 1
    }
  }
  await Promise.all(Array.from({length: connections * 2}, lane))
  const {user, system} = process.cpuUsage(before)
  const sendMs = performance.now() - started
  transport.close()
  return {accepted, cpuMs: (user + system) / 1000, sendMs}
}
