import {expect, test} from 'vitest'
import {forgeOf} from './index.ts'

const env = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`BROADSIDE_SITE_FIELD_NOTES_${name}`, value]))
const read = (values: Record<string, string>, remote = 'https://git.example/studio/notes.git') =>
  forgeOf({name: 'field-notes', remote}, env(values))

test('a site for which nothing is set has no forge', () => {
  expect(read({})).toBeUndefined()
  expect(forgeOf({name: 'notes', remote: ''}, env({FORGE: 'github', FORGE_TOKEN: 't'}))).toBeUndefined()
})

test.each([
  ['https://git.example/studio/notes.git', 'studio/notes'],
  ['https://user:token@git.example/studio/notes', 'studio/notes'],
  ['ssh://git@git.example:2222/studio/sites/notes.git', 'studio/sites/notes'],
  ['git@git.example:studio/notes.git', 'studio/notes'],
])('the repository of %s is %s', (remote, repository) => {
  expect(read({FORGE: 'github', FORGE_TOKEN: 't'}, remote)).toEqual({
    kind: 'github',
    api: 'https://api.github.com',
    repository,
    token: 't',
  })
})

test('what the operator says goes before what could be guessed', () => {
  const given = {FORGE_API: 'https://git.example/api/v1/', FORGE_REPOSITORY: 'other/site'}
  expect(read({FORGE: 'forgejo', FORGE_TOKEN: 't', ...given})).toMatchObject({
    api: 'https://git.example/api/v1',
    repository: 'other/site',
  })
})

test.each<[Record<string, string>, string, string]>([
  [{FORGE: 'github'}, 'https://git.example/a/b', 'BROADSIDE_SITE_FIELD_NOTES_FORGE_TOKEN'],
  [{FORGE: 'gitea', FORGE_TOKEN: 't'}, 'https://git.example/a/b', 'BROADSIDE_SITE_FIELD_NOTES_FORGE_API'],
  [{FORGE: 'github', FORGE_TOKEN: 't'}, '/srv/git/notes.git', 'BROADSIDE_SITE_FIELD_NOTES_FORGE_REPOSITORY'],
  [{FORGE: 'sourcehut', FORGE_TOKEN: 't'}, 'https://git.example/a/b', 'BROADSIDE_SITE_FIELD_NOTES_FORGE'],
])('%j with the remote %s is refused with the name of %s', (values, remote, name) => {
  expect(() => read(values, remote)).toThrow(name)
})
