import {SMTPServer} from 'smtp-server'

/**
 * A mail server that takes everything and keeps nothing: what `bench/mail.ts` sends to. Tells its parent the port.
 */
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.resume()
    stream.once('end', () => done())
  },
})
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  process.send?.(typeof address === 'object' ? address?.port : 0)
})
process.once('disconnect', () => process.exit())
