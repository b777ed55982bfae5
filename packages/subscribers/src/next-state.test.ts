import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {nextState} from './next-state.ts'
import type {SubscriberEvent, SubscriberState} from './subscriber-state.ts'

const states: SubscriberState[] = ['pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased']
const events: SubscriberEvent[] = [
  'signed-up',
  'confirmed',
  'vouched',
  'unsubscribed',
  'bounced',
  'complained',
  'removed',
  'imported:pending',
  'imported:active',
  'imported:unsubscribed',
  'imported:bounced',
  'imported:complained',
]
const after = (...history: SubscriberEvent[]) =>
  history.reduce<SubscriberState | undefined>((state, event) => nextState(state, event), undefined)

describe('nextState', () => {
  test('double opt-in: a sign-up waits until it is confirmed', () => {
    expect(after('signed-up')).toBe('pending')
    expect(after('signed-up', 'confirmed')).toBe('active')
    expect(after('confirmed')).toBeUndefined()
  })

  test('who left comes back by signing up and confirming again, and in no other way', () => {
    const gone: SubscriberEvent[] = ['signed-up', 'confirmed', 'unsubscribed']
    expect(after(...gone, 'signed-up', 'confirmed')).toBe('active')
    expect(after(...gone, 'confirmed')).toBe('unsubscribed')
    expect(after(...gone, 'vouched')).toBe('unsubscribed')
    expect(after(...gone, 'imported:active')).toBe('unsubscribed')
  })

  test('no history of imports, vouching and old links makes a no into a yes', () => {
    const others = events.filter((event) => event !== 'signed-up' && event !== 'removed')
    fc.assert(
      fc.property(
        fc.constantFrom('unsubscribed' as const, 'complained' as const),
        fc.array(fc.constantFrom(...others)),
        (state, history) => {
          const end = history.reduce<SubscriberState>((state, event) => nextState(state, event), state)
          expect(['unsubscribed', 'complained']).toContain(end)
        },
      ),
    )
  })

  test('an import makes nobody active who was not new, pending or active before', () => {
    for (const state of states) {
      const end = nextState(state, 'imported:active')
      if (end === 'active') expect(['pending', 'active']).toContain(state)
    }
    expect(after('imported:active')).toBe('active')
  })

  test('an import of people who left is heeded', () => {
    expect(after('vouched', 'imported:unsubscribed')).toBe('unsubscribed')
    expect(after('vouched', 'imported:complained')).toBe('complained')
    expect(after('vouched', 'imported:pending')).toBe('active')
  })

  test('a repeat of an event changes nothing more', () => {
    for (const state of [undefined, ...states]) {
      for (const event of events) {
        const once = nextState(state, event)
        expect(nextState(once, event)).toBe(once)
      }
    }
  })

  test('a bounced mailbox works again on the word of the operator, not of a file', () => {
    expect(after('vouched', 'bounced', 'vouched')).toBe('active')
    expect(after('vouched', 'bounced', 'imported:active')).toBe('bounced')
  })
})
