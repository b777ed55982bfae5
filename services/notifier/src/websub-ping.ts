import type {EffectRow} from '@broadside/ledger'
import type {Call} from './call-out.ts'
import type {NotifierOptions} from './notifier.ts'

/**
 * Tells a hub that a feed has changed. WebSub (W3C, section 7) leaves the form to hub and publisher; this is the one
 * of PubSubHubbub 0.4, which hubs take, with the name that newer ones read beside it. A repeat makes the hub look once
 * more. The hub is the author's choice, so it is kept out of private networks but for hosts that the operator allows.
 */
export function websubPing({target, subject}: EffectRow, {privateHubs}: Pick<NotifierOptions, 'privateHubs'>): Call {
  return {
    url: target,
    headers: {'content-type': 'application/x-www-form-urlencoded'},
    body: new URLSearchParams({'hub.mode': 'publish', 'hub.url': subject, 'hub.topic': subject}).toString(),
    mayBePrivate: privateHubs.includes(URL.parse(target)?.hostname ?? ''),
  }
}
