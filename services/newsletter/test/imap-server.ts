import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'

export type ImapServer = {
  url: string
  /** Mails of the INBOX by their UIDs; seen ones are kept. */
  mails: Map<number, {raw: string; isSeen: boolean}>
  commands: string[]
  close: () => Promise<void>
}

/** An IMAP server (RFC 3501) with one mailbox, on a free loopback port: as much of it as is needed to read new mails. */
export async function startImapServer(): Promise<ImapServer> {
  const mails: ImapServer['mails'] = new Map()
  const commands: string[] = []
  const sockets = new Set<Socket>()

  function answer(socket: Socket, line: string): void {
    const [tag = '', ...words] = line.split(' ')
    const verb = words
      .slice(0, words[0]?.toUpperCase() === 'UID' ? 2 : 1)
      .join(' ')
      .toUpperCase()
    const rest = words.slice(verb.split(' ').length).join(' ')
    const say = (text: string) => void socket.write(`${text}\r\n`)
    commands.push(`${verb} ${rest}`)
    if (verb === 'CAPABILITY') say('* CAPABILITY IMAP4rev1')
    if (verb === 'LOGIN' && !rest.includes('secret')) return say(`${tag} NO [AUTHENTICATIONFAILED] no`)
    if (verb === 'LIST') say('* LIST () "/" INBOX')
    if (verb === 'SELECT') {
      for (const part of ['FLAGS (\\Seen)', `${mails.size} EXISTS`, '0 RECENT']) say(`* ${part}`)
      say('* OK [UIDVALIDITY 1] ok')
      say('* OK [PERMANENTFLAGS (\\Seen)] ok')
    }
    if (verb === 'UID SEARCH')
      say(`* SEARCH ${[...mails].flatMap(([uid, {isSeen}]) => (isSeen ? [] : [uid])).join(' ')}`)
    const chosen = [...mails.keys()].filter((uid) => /^\d[\d,:]*/.exec(rest)?.[0].split(',').includes(String(uid)))
    for (const uid of chosen) {
      const mail = mails.get(uid)!
      const at = [...mails.keys()].indexOf(uid) + 1
      if (verb === 'UID STORE') mail.isSeen = true
      const size = Buffer.byteLength(mail.raw)
      const body = /BODY(?:\.PEEK)?\[\]/i.test(rest) ? ` BODY[] {${size}}\r\n${mail.raw}` : ''
      if (verb === 'UID FETCH') say(`* ${at} FETCH (UID ${uid} RFC822.SIZE ${size}${body})`)
    }
    if (verb === 'LOGOUT') say('* BYE bye')
    say(`${tag} OK done`)
    if (verb === 'LOGOUT') socket.end()
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n')
    let pending = ''
    socket.on('data', (chunk) => {
      const lines = (pending + chunk.toString('latin1')).split('\r\n')
      pending = lines.pop() ?? ''
      for (const line of lines) answer(socket, line)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `imap://bounces:secret@127.0.0.1:${(server.address() as AddressInfo).port}/INBOX`,
    mails,
    commands,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
