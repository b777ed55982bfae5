import {createFaultyHttp, type FaultyHttp, type HttpReply, type ReceivedRequest} from './faulty-http.ts'

export type ForgeKind = 'github' | 'gitlab' | 'gitea' | 'forgejo' | 'bitbucket'

export type ForgeStatus = {commit: string; context: string; state: string; description: string; url: string}

export type ForgeServer = FaultyHttp & {
  /** Base of its API, as an operator gives it. */
  readonly api: string
  readonly token: string
  readonly repository: string
  /** Every status that was set, in the order in which it was. */
  readonly statuses: readonly ForgeStatus[]
  /** The status that people see at the commit now. */
  shown: (commit: string) => ForgeStatus | undefined
}

type Dialect = {
  base: string
  path: RegExp
  states: string[]
  isAllowed: (request: ReceivedRequest, token: string) => boolean
  read: (body: Record<string, unknown>) => Omit<ForgeStatus, 'commit'>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const likeGitHub = (body: Record<string, unknown>) => ({
  context: text(body['context']),
  state: text(body['state']),
  description: text(body['description']),
  url: text(body['target_url']),
})

const gitea: Dialect = {
  base: '/api/v1',
  path: /^\/api\/v1\/repos\/studio\/field-notes\/statuses\/([0-9a-f]{40})$/,
  states: ['pending', 'success', 'error', 'failure', 'warning'],
  isAllowed: ({headers}, token) => headers['authorization'] === `token ${token}`,
  read: likeGitHub,
}

/** What the documentation of each says of its commit statuses. */
const dialects: Record<ForgeKind, Dialect> = {
  github: {
    base: '',
    path: /^\/repos\/studio\/field-notes\/statuses\/([0-9a-f]{40})$/,
    states: ['error', 'failure', 'pending', 'success'],
    isAllowed: ({headers}, token) =>
      headers['authorization'] === `Bearer ${token}` && headers['user-agent'] !== undefined,
    read: likeGitHub,
  },
  gitea,
  forgejo: gitea,
  gitlab: {
    base: '/api/v4',
    path: /^\/api\/v4\/projects\/studio%2Ffield-notes\/statuses\/([0-9a-f]{40})$/,
    states: ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'],
    isAllowed: ({headers}, token) => headers['private-token'] === token,
    read: (body) => ({...likeGitHub(body), context: text(body['name'])}),
  },
  bitbucket: {
    base: '/2.0',
    path: /^\/2\.0\/repositories\/studio\/field-notes\/commit\/([0-9a-f]{40})\/statuses\/build$/,
    states: ['INPROGRESS', 'SUCCESSFUL', 'FAILED', 'STOPPED'],
    isAllowed: ({headers}, token) => headers['authorization'] === `Bearer ${token}`,
    read: (body) => ({...likeGitHub(body), context: text(body['key']), url: text(body['url'])}),
  },
}

/** A real HTTP server that takes commit statuses for the repository `studio/field-notes` as a forge of this kind does. */
export async function createForgeServer(kind: ForgeKind): Promise<ForgeServer> {
  const token = 'a-token-of-the-forge'
  const dialect = dialects[kind]
  const statuses: ForgeStatus[] = []
  const shown = (commit: string) => statuses.findLast((status) => status.commit === commit)

  function take(request: ReceivedRequest): HttpReply {
    const refuse = (status: number, message: string) => ({status, body: JSON.stringify({message})})
    if (!dialect.isAllowed(request, token)) return refuse(401, '401 Unauthorized')
    const commit = dialect.path.exec(request.path)?.[1]
    if (commit === undefined || request.method !== 'POST') return refuse(404, 'Not Found')
    if (request.headers['content-type'] !== 'application/json') return refuse(415, 'Unsupported Media Type')
    const status = {commit, ...dialect.read(JSON.parse(request.body) as Record<string, unknown>)}
    if (!dialect.states.includes(status.state)) return refuse(422, `${status.state} is no state`)
    if (status.context === '' || !URL.canParse(status.url)) return refuse(422, 'Validation Failed')
    if (kind === 'github' && status.description.length > 140) return refuse(422, 'description is too long')
    if (kind === 'bitbucket' && status.context.length > 40) return refuse(400, 'key is too long')
    const before = shown(commit)?.state
    if (kind === 'gitlab' && before === status.state) {
      return refuse(400, `Cannot transition status via :enqueue from :${before} (Reason(s): Status cannot transition)`)
    }
    statuses.push(status)
    return {status: 201, headers: {'content-type': 'application/json'}, body: JSON.stringify(status)}
  }

  const server = await createFaultyHttp(take)
  return {...server, api: `${server.url}${dialect.base}`, token, repository: 'studio/field-notes', statuses, shown}
}
