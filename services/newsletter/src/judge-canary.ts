import type {DeliveryState} from '@broadside/ledger'

export type CanaryFacts = {
  counts: Record<DeliveryState, number>
  bounced: number
  complained: number
}

/** Above these shares of the first recipients the others get nothing before somebody has looked. */
const most = {
  failed: {share: 0.05, least: 2},
  deferred: {share: 0.1, least: 2},
  bounced: {share: 0.05, least: 2},
  complained: {share: 0.001, least: 1},
}

const words = {
  failed: 'were turned away',
  deferred: 'were put off',
  bounced: 'came back',
  complained: 'were complained about',
}

/** Why an edition is not to go on after its first share; undefined when all is well. */
export function judgeCanary({counts, bounced, complained}: CanaryFacts): string | undefined {
  const {accepted, failed, deferred, uncertain} = counts
  const sent = accepted + failed + deferred + uncertain
  const bad = {failed, deferred, bounced, complained}
  for (const [name, {share, least}] of Object.entries(most)) {
    const count = bad[name as keyof typeof bad]
    if (count >= least && count > sent * share) {
      return `of the first ${sent} mails ${count} ${words[name as keyof typeof words]}`
    }
  }
  return undefined
}
