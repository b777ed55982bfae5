/** A repository at a forge, as the operator gave it. */
export type StatusForge = {
  kind: StatusForgeKind
  /** Base of its API, without a slash at the end. */
  api: string
  /** `owner/name`; at GitLab groups may stand in groups: `studio/sites/notes`. */
  repository: string
  token: string
}

export const statusForgeKinds = ['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket'] as const
export type StatusForgeKind = (typeof statusForgeKinds)[number]

/** What a commit is said to be. */
export type CommitStatus = {
  /** Names the status among those of others at the same commit; a later one of this site replaces an earlier one. */
  site: string
  commit: string
  state: 'pending' | 'success' | 'failure'
  /** One line; what is too long for the forge is cut. */
  description: string
  /** Where it leads. */
  url: string
}

export type StatusRequest = {url: string; headers: Record<string, string>; body: string}

/** Where the API is when the operator does not say; Gitea and Forgejo have no home. */
export const statusApis: Partial<Record<StatusForgeKind, string>> = {
  github: 'https://api.github.com',
  gitlab: 'https://gitlab.com/api/v4',
  bitbucket: 'https://api.bitbucket.org/2.0',
}
