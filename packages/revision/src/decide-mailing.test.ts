import {expect, test} from 'vitest'
import {decideMailing, togetherKey} from './decide-mailing.ts'

const hour = 3_600_000
const now = Date.parse('2026-11-04T12:00:00Z')

function decide(lateMs: number, {together = 1, graceHours}: {together?: number; graceHours?: number} = {}): string {
  const newsletter = {enabled: true, autoSendDays: 7, ...(graceHours === undefined ? {} : {graceHours})}
  const post = {newsletter: {}, date: now - lateMs, scheduled: true}
  const {mail, why} = decideMailing({newsletter, post, firstImport: false, together, now})
  return `${mail}: ${why}`
}

test('a scheduled post is mailed within its grace time, and waits for a yes after it', () => {
  expect(decide(0)).toBe('at-once: its moment came')
  expect(decide(24 * hour)).toBe('at-once: its moment came')
  expect(decide(24 * hour + 1)).toBe('held: its moment was 24 hours ago')
  expect(decide(2 * hour, {graceHours: 1})).toBe('held: its moment was 2 hours ago')
  expect(decide(1, {graceHours: 0})).toBe('held: its moment was 0 hours ago')
  expect(decide(0, {together: 2})).toBe('held: 2 posts were scheduled for one moment')
})

test('posts of one push count together, and scheduled ones by their moment', () => {
  const key = (revision: number, date: number, scheduled: boolean) => togetherKey({revision, date, scheduled})
  expect(key(3, 1, false)).toBe(key(3, 2, false))
  expect(key(3, 1, true)).not.toBe(key(3, 2, true))
  expect(key(3, 1, true)).not.toBe(key(3, 1, false))
  expect(key(3, 1, true)).toBe(key(4, 1, true))
})
