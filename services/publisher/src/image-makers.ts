import {encoderVersion} from '@broadside/images'
import {createImageMaker, type ImageMaker, type ImagePool} from '@broadside/images/pool'
import {imageFilesOf, recordImageFailure, recordImageFiles, type Ledger} from '@broadside/ledger'
import type {Objects} from '@broadside/objects'
import {placeImages, sha256} from '@broadside/revision'
import type {Logger} from '@broadside/runtime'
import {binaryKey, readBinary} from './binaries.ts'

type Deps = {ledger: Ledger; objects: Objects; images: Pick<ImagePool, 'make' | 'card'>; log: Logger}

/** What makes the images of each site. What was made once is found by whoever asks next, in this process or another. */
export function createImageMakers({ledger, objects, images, log}: Deps): (site: string) => ImageMaker {
  const makers = new Map<string, ImageMaker>()

  function open(site: string): ImageMaker {
    return createImageMaker({
      pool: images,
      shelf: {
        read: (source) => readBinary(objects, site, source),
        made: (source) => imageFilesOf(ledger.db, site, source),
        async keep(bytes) {
          const hash = sha256(bytes)
          const key = binaryKey(site, hash)
          if ((await objects.head(key)) === undefined) {
            await objects.put(key, bytes, {contentType: 'application/octet-stream', cacheControl: 'private'})
          }
          return hash
        },
        async record(source, made) {
          await recordImageFiles(ledger.db, site, source, made)
          log.debug({event: 'image.made', site, source, files: made.length}, `${made.length} files made of an image`)
        },
        async refuse(source, reason) {
          const failure = {site, hash: source, encoder: encoderVersion, problem: reason}
          if (!(await ledger.transaction((db) => recordImageFailure(db, failure)))) return
          await placeImages(ledger, site)
          log.warn({event: 'image.refused', site, source, reason}, `an image of ${site} has no variants: ${reason}`)
        },
      },
    })
  }

  return (site) => {
    const maker = makers.get(site) ?? open(site)
    makers.set(site, maker)
    return maker
  }
}
