import {expect, test} from 'vitest'
import {stuckRevisions} from './stuck-revisions.ts'

const revision = {site: 'notes', number: 7, acceptedAt: 1_000, count: 40}

test('a revision is stuck when as many of its documents wait as before', () => {
  expect(stuckRevisions([revision], [revision], 2_000)).toEqual([revision])
})

test('one that somebody goes on with is left to them, however long it takes', () => {
  expect(stuckRevisions([revision], [{...revision, count: 41}], 2_000)).toEqual([])
})

test('one that is seen for the first time waits for another look, as does a young one', () => {
  expect(
    stuckRevisions(
      [revision],
      [
        {...revision, site: 'other'},
        {...revision, number: 6},
      ],
      2_000,
    ),
  ).toEqual([])
  expect(stuckRevisions([revision], [revision], 1_000)).toEqual([])
})

test('a process that has just begun takes what is old enough', () => {
  expect(stuckRevisions([revision, {...revision, number: 8, acceptedAt: 3_000}], undefined, 2_000)).toEqual([revision])
})
