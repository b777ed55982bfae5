import type {SettledDelivery} from '@broadside/ledger'

/** The last answers to mails of an edition, the newest at the end. */
export type Weather = SettledDelivery['state'][]

const remembered = 100
/** With fewer answers than this nothing can be said. */
const leastFailed = 20
const leastDeferred = 50

/** The answers after some more. */
export function remember(weather: Weather, settled: readonly SettledDelivery[]): Weather {
  return [...weather, ...settled.map(({state}) => state)].slice(-remembered)
}

/**
 * Why an edition is not to go on: a third of the last answers turn recipients away for good, or nearly all put them off.
 * One list of old addresses, or one block list, and a sender's name is spoiled for months. Undefined in fair weather.
 */
export function stormIn(weather: Weather): string | undefined {
  const count = (state: SettledDelivery['state']) => weather.filter((one) => one === state).length
  const [failed, deferred] = [count('failed'), count('deferred')]
  if (failed >= leastFailed && failed * 3 > weather.length) {
    return `${failed} of the last ${weather.length} answers turn the recipient away`
  }
  if (deferred >= leastDeferred && deferred * 20 >= weather.length * 19) {
    return `${deferred} of the last ${weather.length} answers put the mail off`
  }
  return undefined
}
