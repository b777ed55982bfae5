import {expect, test} from 'vitest'
import {parseObjectsUrl} from './index.ts'

test.each([
  ['file:///var/lib/site', {kind: 'file', folder: '/var/lib/site'}],
  ['file:///with%20space', {kind: 'file', folder: '/with space'}],
  ['s3://bucket', s3({})],
  ['s3://bucket/some/prefix/', s3({prefix: 'some/prefix/'})],
  ['s3://bucket/a?region=eu-west-1', s3({prefix: 'a/', region: 'eu-west-1'})],
  ['s3://bucket?endpoint=http://127.0.0.1:9000', s3({endpoint: 'http://127.0.0.1:9000', pathStyle: true})],
  ['s3://bucket?endpoint=https://r2.example&pathStyle=false', s3({endpoint: 'https://r2.example'})],
  ['s3://bucket?checksums=required', s3({checksums: 'required'})],
])('%s is read', (url, place) => {
  expect(parseObjectsUrl(url)).toEqual(place)
})

test.each([
  ['', 'neither file:// nor s3://'],
  ['/var/lib/site', 'neither file:// nor s3://'],
  ['https://bucket.example', 'neither file:// nor s3://'],
  ['file://host/folder', 'has a host'],
  ['s3://key:secret@bucket', 'holds credentials'],
  ['s3:///prefix', 'names no bucket'],
  ['s3://bucket?endpont=http://x', 'has the option endpont; known are endpoint, region'],
  ['s3://bucket?endpoint=localhost:9000', 'has an endpoint that is no http'],
  ['s3://bucket?pathStyle=yes', 'has a pathStyle that is not true or false'],
  ['s3://bucket?checksums=none', 'has a checksums that is not supported or required'],
])('%j is refused: %s', (url, fault) => {
  expect(() => parseObjectsUrl(url)).toThrow(
    expect.objectContaining({kind: 'invalid', code: 'objects.url', message: expect.stringContaining(fault)}),
  )
})

test('credentials in an address are not repeated in the error', () => {
  expect(() => parseObjectsUrl('s3://key:hunter2@bucket')).toThrow(
    expect.objectContaining({message: expect.not.stringContaining('hunter2')}),
  )
})

function s3(place: object) {
  const usual = {prefix: '', endpoint: undefined, region: undefined, pathStyle: false, checksums: 'supported'}
  return {kind: 's3', bucket: 'bucket', ...usual, ...place}
}
