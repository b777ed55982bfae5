/** Old tools wrote these; they are untidy and do no harm. Everything else that fsck finds stays an error. */
export const harmlessFaults = [
  'zeroPaddedFilemode',
  'missingSpaceBeforeDate',
  'badTimezone',
  'missingEmail',
  'missingNameBeforeEmail',
]

/** Settings that every git process gets, whatever files on the machine say. */
const settings: Record<string, string> = {
  // Nothing in a repository may start a program, and nothing in it is trusted to be well-formed.
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'transfer.fsckObjects': 'true',
  ...Object.fromEntries(harmlessFaults.map((fault) => [`fetch.fsck.${fault}`, 'warn'])),
  // A hint names this remote alone, so ownership of its folder says nothing.
  'safe.directory': '*',
  // Objects that a force push left behind are still asked for; nothing is ever pruned.
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'protocol.allow': 'never',
  // What a walk tells must not depend on who runs it.
  'core.attributesFile': '/dev/null',
  'core.quotePath': 'false',
  'log.showSignature': 'false',
  'log.mailmap': 'false',
  'log.showRoot': 'true',
  'i18n.logOutputEncoding': 'UTF-8',
}

/** What git, ssh and curl need of the surroundings; no `GIT_*` of ours may leak into them. */
const inherited =
  'PATH HOME USER TMPDIR SystemRoot SSH_AUTH_SOCK GIT_SSH_COMMAND GIT_SSL_CAINFO SSL_CERT_FILE SSL_CERT_DIR \
http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY all_proxy ALL_PROXY'.split(' ')

export type GitEnvironment = {
  /** Set for fetches; every other process may use no protocol at all. */
  protocol?: string
  /** More configuration. */
  config?: Record<string, string>
  /** What git starts for ssh. */
  sshCommand?: string
  /** File with `safe.directory`, for processes that git starts on the remote's side of a local fetch. */
  globalConfig?: string
}

/**
 * Environment of a git process. Configuration travels in it rather than in arguments, because arguments are visible
 * to every user of the machine.
 */
export function gitEnvironment(options: GitEnvironment, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const all = {...settings, ...options.config}
  if (options.protocol !== undefined) all[`protocol.${options.protocol}.allow`] = 'always'
  const result: NodeJS.ProcessEnv = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: options.globalConfig ?? '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    LC_ALL: 'C',
  }
  for (const name of inherited) if (env[name] !== undefined) result[name] = env[name]
  if (options.sshCommand !== undefined) result['GIT_SSH_COMMAND'] = options.sshCommand
  const entries = Object.entries(all)
  result['GIT_CONFIG_COUNT'] = String(entries.length)
  for (const [index, [key, value]] of entries.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key
    result[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return result
}
