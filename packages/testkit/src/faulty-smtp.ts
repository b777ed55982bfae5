import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'

/** Where in the dialogue a fault happens. `body` is in the middle of the message, `dot` after all of it was read. */
export type SmtpStage = 'connect' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot'

export type SmtpFault = {
  at: SmtpStage
  /** A whole reply such as `450 4.2.0 try later`, or what the connection does instead of one. */
  answer: `${number} ${string}` | 'drop' | 'stall'
  /** How often, 1 unless given. */
  times?: number
  /** Only while this recipient's message is under way. */
  to?: string
  /** A reply is held back until this resolves. */
  after?: Promise<unknown>
}

/** A message that was read up to its final dot and not refused: from here on the server has it. */
export type ReceivedMail = {
  from: string
  to: string
  /** The bytes between DATA and the final dot as they were on the wire, dots still stuffed. */
  wire: Buffer
  /** The message as it was meant. */
  raw: Buffer
}

export type FaultySmtp = {
  readonly url: string
  readonly port: number
  /** What the server has, whether or not it got round to saying so. */
  readonly messages: readonly ReceivedMail[]
  /** Connections accepted since the start. */
  readonly accepted: number
  /** Connections open now. */
  readonly open: number
  /** Commands as they came, without the message. */
  readonly commands: readonly string[]
  /** Adds a fault. Faults of one stage happen in the order in which they were added. */
  fault(fault: SmtpFault): void
  /** Closes every open connection, as a server does with idle ones, after `farewell` if one is given. */
  hangUp(farewell?: string): void
  close(): Promise<void>
}

type Dialogue = {socket: Socket; pending: Buffer; inBody: boolean; stalled: boolean; from: string; to: string}

const end = Buffer.from('\r\n.\r\n')

/** A real SMTP server that goes wrong on request, on a free loopback port. */
export async function createFaultySmtp(options: {pipelining?: boolean} = {}): Promise<FaultySmtp> {
  const extensions = ['AUTH PLAIN', ...(options.pipelining === true ? ['PIPELINING'] : [])]
  const greeting = ['250-faulty', ...extensions.map((one) => `250-${one}`), '250 8BITMIME'].join('\r\n')
  const messages: ReceivedMail[] = []
  const commands: string[] = []
  const faults: (SmtpFault & {left: number})[] = []
  const sockets = new Set<Socket>()
  let accepted = 0

  /** Plays a fault of this stage if one is due. True when it took the place of the usual answer. */
  function goesWrong(at: SmtpStage, dialogue: Dialogue): SmtpFault['answer'] | undefined {
    const fault = faults.find((one) => one.at === at && one.left > 0 && (one.to ?? dialogue.to) === dialogue.to)
    if (fault === undefined) return undefined
    fault.left -= 1
    if (fault.answer === 'drop') dialogue.socket.destroy()
    else if (fault.answer === 'stall') dialogue.stalled = true
    else if (fault.after !== undefined) {
      void fault.after.then(() => dialogue.socket.write(`${fault.answer}\r\n`))
    } else {
      dialogue.socket.write(`${fault.answer}\r\n`)
      if (at === 'connect' || fault.answer.startsWith('421')) dialogue.socket.end()
    }
    return fault.answer
  }

  function command(line: string, dialogue: Dialogue): void {
    const {socket} = dialogue
    const say = (at: SmtpStage, reply: string): boolean => {
      if (goesWrong(at, dialogue) !== undefined) return false
      socket.write(`${reply}\r\n`)
      return true
    }
    commands.push(line)
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') say('ehlo', greeting)
    else if (verb === 'AUTH') say('auth', '235 2.7.0 ok')
    else if (verb === 'MAIL') {
      if (dialogue.from !== '') socket.write('503 5.5.1 nested MAIL\r\n')
      else if (say('mail', '250 2.1.0 ok')) dialogue.from = /<(.*?)>/.exec(line)?.[1] ?? ''
    } else if (verb === 'RCPT') {
      const to = /<(.*?)>/.exec(line)?.[1] ?? ''
      dialogue.to = to
      if (!say('rcpt', '250 2.1.5 ok')) dialogue.to = ''
    } else if (verb === 'DATA') {
      if (dialogue.from === '' || dialogue.to === '') socket.write('503 5.5.1 no recipient\r\n')
      else dialogue.inBody = say('data', '354 go on')
    } else if (verb === 'RSET') {
      dialogue.from = dialogue.to = ''
      socket.write('250 2.0.0 ok\r\n')
    } else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n')
    else socket.write('250 2.0.0 ok\r\n')
  }

  function body(dialogue: Dialogue): boolean {
    // The CRLF before a dot may be the one that ended the DATA command (RFC 5321 4.1.1.4).
    const whole = Buffer.concat([Buffer.from('\r\n'), dialogue.pending])
    const at = whole.indexOf(end)
    if (dialogue.pending.length > 0 && at < 0) {
      if (goesWrong('body', dialogue) !== undefined) dialogue.pending = Buffer.alloc(0)
      return false
    }
    if (at < 0) return false
    const wire = whole.subarray(2, at + 2)
    dialogue.pending = whole.subarray(at + end.length)
    dialogue.inBody = false
    const {from, to, socket} = dialogue
    const mail = {from, to, wire, raw: Buffer.from(wire.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')}
    const answer = goesWrong('dot', dialogue)
    if (answer === undefined || answer === 'drop' || answer === 'stall' || answer.startsWith('2')) messages.push(mail)
    if (answer === undefined) socket.write(`250 2.0.0 queued as ${messages.length}\r\n`)
    dialogue.from = dialogue.to = ''
    return true
  }

  function read(dialogue: Dialogue): void {
    while (!dialogue.stalled) {
      if (dialogue.inBody) {
        if (!body(dialogue)) return
        continue
      }
      const at = dialogue.pending.indexOf('\r\n')
      if (at < 0) return
      const line = dialogue.pending.subarray(0, at).toString('latin1')
      dialogue.pending = dialogue.pending.subarray(at + 2)
      command(line, dialogue)
    }
  }

  // Replies to pipelined commands are written one by one; Nagle would hold each back for a delayed ACK.
  const server = createServer({noDelay: true}, (socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const dialogue: Dialogue = {socket, pending: Buffer.alloc(0), inBody: false, stalled: false, from: '', to: ''}
    socket.on('data', (chunk) => {
      dialogue.pending = Buffer.concat([dialogue.pending, chunk])
      read(dialogue)
    })
    if (goesWrong('connect', dialogue) === undefined) socket.write('220 faulty ESMTP\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo

  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    messages,
    commands,
    get accepted() {
      return accepted
    },
    get open() {
      return sockets.size
    },
    fault: (fault) => faults.push({...fault, left: fault.times ?? 1}),
    hangUp(farewell) {
      for (const socket of sockets) {
        if (farewell === undefined) socket.end()
        else socket.end(`${farewell}\r\n`)
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
