import type {Placing} from './candidate.ts'
import {samePlacing} from './follow-settings.ts'
import {createGatherer, type Gathering} from './gather-candidates.ts'
import {judgeMoment, type Moment} from './judge-moment.ts'

/** What one commit on the way did, and the settings that held from it on. */
export type CommitOnTheWay = Pick<Moment, 'posts' | 'pages'> & {asOf: number; placing: Placing}

export type Way = {
  /** Judges a commit that is not the last one as a push of it would have been. */
  take: (commit: CommitOnTheWay) => Promise<void>
  /** Judges what time alone has changed until a commit, moment by moment, as the clock would have. */
  tick: (until: number) => Promise<void>
  /** The settings under which posts were judged last. */
  placing: () => Placing
}

/** Judges the commits of a push one by one, from the settings that held `before` them; what comes of it is in the standing. */
export function createWay(gathering: Omit<Gathering, 'asOf' | 'placing'>, before: Placing): Way {
  let placing = before

  async function judge(asOf: number, moment: Moment): Promise<void> {
    const gatherer = createGatherer({...gathering, asOf, placing})
    gathering.standing.take(await judgeMoment(gatherer, moment), asOf)
  }

  return {
    async take(commit) {
      const isEverythingAnew = !samePlacing(commit.placing, placing)
      placing = commit.placing
      await judge(commit.asOf, {...commit, isEverythingAnew})
    },
    async tick(until) {
      for (;;) {
        const moment = await gathering.standing.nextDue(until)
        if (moment === undefined) return
        await judge(moment, {posts: new Map(), pages: [], isEverythingAnew: false})
      }
    },
    placing: () => placing,
  }
}
