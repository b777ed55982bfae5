import {expect, test} from 'vitest'
import {readSendingRules} from './sending-rules.ts'
import {countSent, endOfQuiet, warmUpLeft} from './waits.ts'

const at = (time: string) => Date.parse(`2026-11-02T${time}Z`)
const none = {MAIL_UNDO_MINUTES: 0, MAIL_CANARY_PERCENT: 0, MAIL_CANARY_MINUTES: 15}

test('quiet hours end when they say, over midnight and in their own zone', () => {
  const {quiet} = readSendingRules('notes', {...none, MAIL_QUIET_HOURS: '22:00-07:30 Europe/Berlin'})
  expect(endOfQuiet(quiet, at('20:59:59'))).toBeUndefined()
  expect(endOfQuiet(quiet, at('21:00:10'))).toBe(at('21:00:00') + 9.5 * 3_600_000)
  expect(endOfQuiet(quiet, at('06:29:00'))).toBe(at('06:30:00'))
  expect(endOfQuiet(quiet, at('06:30:00'))).toBeUndefined()
})

test('a warm-up counts by day, and starts anew with nobody', () => {
  const warmUp = {first: 100, growth: 2}
  const first = countSent(undefined, 100, at('09:00:00'))
  expect(warmUpLeft(warmUp, undefined, at('09:00:00')).left).toBe(100)
  expect(warmUpLeft(warmUp, first, at('10:00:00'))).toEqual({left: 0, tomorrow: Date.parse('2026-11-03T00:00:00Z')})
  const next = at('09:00:00') + 86_400_000
  expect(warmUpLeft(warmUp, first, next).left).toBe(200)
  expect(warmUpLeft(warmUp, countSent(first, 50, next), next).left).toBe(150)
})

test('rates are read as milliseconds between two mails', () => {
  const rules = readSendingRules('notes', {...none, MAIL_RATE: 20, MAIL_DOMAIN_RATES: 'Mail.example=2, *=10'})
  expect(rules.siteMs).toBe(50)
  expect([...rules.domainMs]).toEqual([
    ['mail.example', 500],
    ['*', 100],
  ])
})

test.each([
  {MAIL_DOMAIN_RATES: 'mail.example'},
  {MAIL_DOMAIN_RATES: '*=0'},
  {MAIL_WARM_UP: '200'},
  {MAIL_WARM_UP: '200x0.5'},
  {MAIL_QUIET_HOURS: '22-7'},
  {MAIL_QUIET_HOURS: '22:00-07:00 Nowhere/Land'},
])('%j is refused with the name of the variable', (variables) => {
  expect(() => readSendingRules('notes', {...none, ...variables})).toThrow(
    `BROADSIDE_SITE_NOTES_${Object.keys(variables)[0]}`,
  )
})
