/**
 * An S3 server in memory with the bucket `site`, which counts what is asked of it: started by fork, it tells its port,
 * and answers each message with the counts since the one before. What the bench itself asks for is left out.
 */
import {subscribe} from 'node:diagnostics_channel'
import type {IncomingMessage} from 'node:http'
import type {Socket} from 'node:net'
import {startFauxqs} from 'fauxqs'
import {benchHeader, noCounts} from './releases/s3-counts.ts'

let counts = noCounts()
/** What each connection had been told before. */
const written = new WeakMap<Socket, number>()
subscribe('http.server.request.start', (message) => {
  const {request} = message as {request: IncomingMessage}
  if (request.headers[benchHeader] !== undefined) return
  if (request.method === 'PUT' || request.method === 'POST') counts.writes += 1
  else counts.reads += 1
  counts.bytesIn += Number(request.headers['content-length'] ?? 0)
})
subscribe('http.server.response.finish', (message) => {
  const {request} = message as {request: IncomingMessage}
  const {socket} = request
  if (request.headers[benchHeader] === undefined) counts.bytesOut += socket.bytesWritten - (written.get(socket) ?? 0)
  written.set(socket, socket.bytesWritten)
})

const server = await startFauxqs({port: 0, logger: false, init: {buckets: ['site']}})
process.on('message', () => {
  process.send!(counts)
  counts = noCounts()
})
process.send!({port: server.port})
