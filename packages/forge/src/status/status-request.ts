import type {CommitStatus, StatusForge, StatusForgeKind, StatusRequest} from './status-forge.ts'

type Dialect = {
  /** The repository, below the base of the API. */
  repository: (path: string) => string
  statuses: (commit: string) => string
  authorization: (token: string) => Record<string, string>
  body: (status: CommitStatus) => Record<string, string>
}

/** GitHub refuses more characters than these with 422; the others take them too. */
const maxDescription = 140

const bySegment = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
const contextOf = ({site}: CommitStatus): string => `broadside/${site}`

const gitea: Dialect = {
  repository: (path) => `repos/${bySegment(path)}`,
  statuses: (commit) => `statuses/${commit}`,
  authorization: (token) => ({authorization: `token ${token}`}),
  body: (status) => ({
    state: status.state,
    target_url: status.url,
    description: shorten(status.description),
    context: contextOf(status),
  }),
}

const dialects: Record<StatusForgeKind, Dialect> = {
  github: {
    ...gitea,
    authorization: (token) => ({
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    }),
  },
  gitea,
  forgejo: gitea,
  gitlab: {
    repository: (path) => `projects/${encodeURIComponent(path)}`,
    statuses: (commit) => `statuses/${commit}`,
    authorization: (token) => ({'private-token': token}),
    body: (status) => ({
      state: status.state === 'failure' ? 'failed' : status.state,
      target_url: status.url,
      description: shorten(status.description),
      name: contextOf(status),
    }),
  },
  bitbucket: {
    repository: (path) => `repositories/${bySegment(path)}`,
    statuses: (commit) => `commit/${commit}/statuses/build`,
    authorization: (token) => ({authorization: `Bearer ${token}`}),
    body: (status) => ({
      // A key has 40 characters at most, as has the name of a site.
      key: status.site,
      name: contextOf(status),
      state: {pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED'}[status.state],
      description: shorten(status.description),
      url: status.url,
    }),
  },
}

/** The repository's address in the API: what a status is told to, for people and to tell targets apart. */
export function statusTarget({kind, api, repository}: StatusForge): string {
  return `${api.replace(/\/+$/, '')}/${dialects[kind].repository(repository)}`
}

/** The POST that sets a commit's status. A repeat sets the same one again; see `isStatusRepeat` for GitLab. */
export function statusRequest(forge: StatusForge, status: CommitStatus): StatusRequest {
  const {statuses, authorization, body} = dialects[forge.kind]
  return {
    url: `${statusTarget(forge)}/${statuses(status.commit)}`,
    headers: {'content-type': 'application/json', accept: 'application/json', ...authorization(forge.token)},
    body: JSON.stringify(body(status)),
  }
}

/**
 * Whether a refusal only says that the commit has this status already: GitLab answers 400 when a status is set to what
 * it is (`Cannot transition status via :enqueue from :pending`), where others take the repeat.
 */
export function isStatusRepeat(
  kind: StatusForgeKind,
  state: CommitStatus['state'],
  answer: {status: number; text: string},
): boolean {
  if (kind !== 'gitlab' || answer.status !== 400) return false
  const now = /Cannot transition status via :\w+ from :(\w+)/.exec(answer.text)?.[1]
  return now === (state === 'failure' ? 'failed' : state)
}

function shorten(description: string): string {
  const characters = Array.from(description)
  return characters.length <= maxDescription ? description : `${characters.slice(0, maxDescription - 1).join('')}…`
}
