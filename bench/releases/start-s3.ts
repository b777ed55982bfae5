import {fork} from 'node:child_process'
import {once} from 'node:events'
import type {S3Counts} from './s3-counts.ts'

export const s3Credentials = {AWS_ACCESS_KEY_ID: 'BENCH', AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-bench'}

export type S3Server = {
  endpoint: string
  /** What was asked of it since the last time. */
  counts: () => Promise<S3Counts>
  stop: () => Promise<void>
}

/** The S3 server that the tests have, in a process of its own, so that its memory and CPU are nobody's. */
export async function startS3(): Promise<S3Server> {
  const child = fork(new URL('../s3-program.ts', import.meta.url), {stdio: ['ignore', 'ignore', 'inherit', 'ipc']})
  const [{port}] = (await once(child, 'message')) as [{port: number}]
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async counts() {
      child.send('counts')
      const [counts] = (await once(child, 'message')) as [S3Counts]
      return counts
    },
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
