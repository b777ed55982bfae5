import {spawn} from 'node:child_process'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {dirname} from 'node:path'

export type GitServer = {
  url: string
  /** The Authorization header of each request, in order. */
  seen: (string | undefined)[]
  close: () => Promise<void>
}

export type GitServerOptions = {
  /** A bare repository, served as `/notes.git`. */
  repository: string
  login: {username: string; password: string}
  /** Called before each request that is let in; the answer waits for it. */
  admit?: (request: IncomingMessage) => Promise<void>
  /** Answers a request in place of the repository. */
  instead?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** A git server over HTTP that asks for a login: git's own, `git http-backend`. */
export async function startGitServer({repository, login, admit, instead}: GitServerOptions): Promise<GitServer> {
  const wanted = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    if (instead?.(request, response) === true) return
    if (request.headers.authorization !== wanted) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="git"'}).end()
      return
    }
    void Promise.resolve(admit?.(request)).then(() => serve(repository, request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/notes.git`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** One request by CGI (RFC 3875). */
function serve(repository: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: dirname(repository),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      PATH_INFO: url.pathname.replace('/notes.git', `/${repository.slice(dirname(repository).length + 1)}`),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
      REMOTE_USER: 'reader',
    },
  })
  request.pipe(child.stdin)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    for (const line of all.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3))
      else response.setHeader(name, value)
    }
    response.end(all.subarray(end + 4))
  })
}
