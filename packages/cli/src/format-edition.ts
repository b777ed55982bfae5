import type {DeliveryState} from '@broadside/ledger'

/** `214 people = 212 accepted + 1 deferred + 1 excluded`, as law 3 wants it; states that nobody is in are left out. */
export function formatCounts(audience: number, counts: Record<DeliveryState, number>): string {
  const parts = Object.entries(counts).flatMap(([state, people]) => (people === 0 ? [] : [`${people} ${state}`]))
  const sum = sumOf(counts)
  const holds = sum === audience ? '=' : '≠'
  const people = `${audience} ${audience === 1 ? 'person' : 'people'}`
  return parts.length === 0 && audience === 0 ? people : `${people} ${holds} ${parts.join(' + ') || '0'}`
}

export function sumOf(counts: Record<DeliveryState, number>): number {
  return Object.values(counts).reduce((sum, people) => sum + people, 0)
}
