import {cp, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {endSurvivors} from '@broadside/servers'
import {createCaptureServer} from '@broadside/smtp'
import {createRepo, until, type Program} from '@broadside/testkit'
import {choosePorts} from '../../src/home.ts'
import {post} from '../starts/site-repo.ts'
import {launch, settled, whenReady, type StandaloneChild} from '../starts/start-child.ts'
import {lookAtOutcome, type Outcome} from './look-at-outcome.ts'
import {subscribe} from './subscribe.ts'

const preload = fileURLToPath(new URL('../../../../packages/testkit/src/kill-at-commit.mjs', import.meta.url))

export const readers = ['ana', 'ben', 'cem', 'dua', 'eva'].map((name) => `${name}@readers.example`)

export type Step = 'commit' | 'rename' | 'remove' | 'event' | 'job' | 'mail'

/** The moment of a kill: right before or right after the n-th step of this kind after the push. */
export type Moment = {step: Step; n: number; when: 'before' | 'after'}

export type Killed = {
  /** What the step was that the process died at; undefined when it came to its end before. */
  at: string | undefined
  /** From the moment when the second start was ready until all was settled. */
  recoveredMs: number
  outcome: Outcome
}

/** An installation with a site and five subscribers, always the same, and a push that does everything at once. */
export type KillLane = {
  /** Publishes the push without a kill; gives what it led to, and how often there was each step. */
  undisturbed: () => Promise<{outcome: Outcome; steps: Record<Step, number>}>
  /** Kills the installation at the moment, starts it again, and waits until it has settled. */
  killAt: (moment: Moment, options: {serversDie: boolean}) => Promise<Killed>
  destroy: () => Promise<void>
}

const revisions = {revisions: 2, editions: 1}

export async function createKillLane(): Promise<KillLane> {
  const folder = await mkdtemp(join(tmpdir(), 'broadside-kills-'))
  const [home, base, armFile] = [join(folder, 'home'), join(folder, 'base'), join(folder, 'arm')]
  const repo = await createRepo(folder)
  await repo.write({
    'broadside.yaml': 'title: Test site\ntimezone: UTC\nnewsletter:\n  from: Notes <notes@test.example>\n',
    'posts/edited.md': post('Edited', 'See [the other](renamed.md).'),
    'posts/renamed.md': post('Renamed', 'A text that stays what it is while its name changes.'),
    'posts/removed.md': '---\ntitle: Removed\ntags: [gone]\n---\n\nHere for now.\n',
    'posts/other.md': post('Other'),
    'pages/about.md': '---\ntitle: About\n---\n\nWho we are.\n',
    'assets/print.css': 'body {color: black}\n',
  })
  const first = await repo.commit('first')
  await repo.push()

  // A mail server outside of the process that is killed, so that it has what was sent to its end.
  let capture = await createCaptureServer({dir: join(folder, 'mail')})
  const launchHere = (killer = false) =>
    launch({
      home,
      site: repo.remote,
      env: {SMTP_URL: capture.url, ...(killer ? {BROADSIDE_KILL_ARM: armFile} : {})},
      nodeArgs: killer ? ['--import', preload] : [],
    })
  let running: Program | undefined
  async function startHere(killer = false): Promise<StandaloneChild> {
    running = launchHere(killer)
    return whenReady(running, home)
  }

  async function push(child: StandaloneChild, moment: Moment): Promise<void> {
    await writeFile(`${armFile}.new`, JSON.stringify(moment))
    await rename(`${armFile}.new`, armFile)
    await repo.push()
    // As the hook does. It gets no answer from a process that dies meanwhile.
    void fetch(`${child.run.intakeUrl}/push/${child.run.site}`, {method: 'POST', body: '{}'}).catch(() => undefined)
  }

  /** A worker that wakes late may put paths in doubt once more; that is put right as well before it counts. */
  async function lastOutcome(run: StandaloneChild['run']): Promise<Outcome> {
    return until('ledger and objects agree', async () => {
      await settled(home, revisions)
      const outcome = await lookAtOutcome(home, run, capture.list())
      return JSON.stringify(outcome.manifest) === JSON.stringify(outcome.published) && outcome
    })
  }

  /** Everything as it was before the push. */
  async function rewind(): Promise<void> {
    await endSurvivors(home)
    await capture.close()
    for (const place of [home, join(folder, 'mail')]) await rm(place, {recursive: true, force: true})
    capture = await createCaptureServer({dir: join(folder, 'mail')})
    await cp(base, home, {recursive: true, preserveTimestamps: true})
    await repo.git('push', '--quiet', '--force', 'origin', `${first}:refs/heads/main`)
    for (const end of ['', '.reached', '.counted']) await rm(`${armFile}${end}`, {force: true})
  }

  await mkdir(home)
  await choosePorts(home, {anew: true, skip: [], preferred: false})
  const child = await startHere()
  await settled(home)
  await subscribe(home, child.run.site, readers)
  await child.stop()
  await rename(home, base)
  await repo.write({
    'posts/new.md': '---\ntitle: New\ntags: [first-used]\n---\n\nSee [the edited one](edited.md).\n',
    'posts/edited.md': post('Edited', 'See [the other](moved.md), once more.'),
    'assets/print.css': 'body {color: navy}\n',
  })
  await repo.move('posts/renamed.md', 'posts/moved.md')
  await repo.remove('posts/removed.md')
  // Posts of today are mailed; the date of a post is its first commit's where front matter names none.
  await repo.commit('everything at once', {date: Date.now()})

  return {
    async undisturbed() {
      await rewind()
      const child = await startHere(true)
      await push(child, {step: 'commit', n: 0, when: 'before'})
      await settled(home, revisions)
      await child.stop()
      const steps = JSON.parse(await readFile(`${armFile}.counted`, 'utf8')) as Record<Step, number>
      return {outcome: await lookAtOutcome(home, child.run, capture.list()), steps}
    },
    async killAt(moment, {serversDie}) {
      await rewind()
      const child = await startHere(true)
      await push(child, moment)
      await Promise.race([child.exited, settled(home, revisions)])
      await child.kill()
      if (serversDie) await endSurvivors(home)
      const {run, kill, output} = await startHere()
      const readyAt = performance.now()
      await settled(home, revisions).catch(async (cause: unknown) => {
        const at = await readFile(`${armFile}.reached`, 'utf8').catch(() => 'beyond the end')
        throw new Error(`after a kill ${at}:\n${output().slice(-4_000)}`, {cause})
      })
      const recoveredMs = performance.now() - readyAt
      const outcome = await lastOutcome(run)
      await kill()
      const at = await readFile(`${armFile}.reached`, 'utf8').catch(() => undefined)
      return {at, recoveredMs, outcome}
    },
    async destroy() {
      await running?.kill()
      await endSurvivors(home)
      await capture.close()
      await rm(folder, {recursive: true, force: true})
    },
  }
}
