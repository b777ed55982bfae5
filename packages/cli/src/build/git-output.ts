import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {BroadsideError} from '@broadside/runtime'

const run = promisify(execFile)

/** Nothing in a repository that is built may start a program, and who owns its folder is the caller's business. */
const settings = {'core.hooksPath': '/dev/null', 'core.fsmonitor': 'false', 'safe.directory': '*', 'gc.auto': '0'}

/**
 * What a git command writes, trimmed; undefined when it fails, which is an answer to most questions.
 * @throws BroadsideError `git.not-installed` (invalid).
 */
export async function gitOutput(args: string[], extra: Record<string, string> = {}): Promise<string | undefined> {
  const entries = Object.entries(settings)
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(entries.length),
    ...extra,
  }
  for (const [index, [key, value]] of entries.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  }
  try {
    const {stdout} = await run('git', args, {env, maxBuffer: 64 * 1024 * 1024})
    return stdout.trim()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return undefined
    throw new BroadsideError('invalid', 'git.not-installed', 'git cannot be started', {
      cause,
      hint: 'Install git 2.36 or later and put it on PATH',
    })
  }
}
