import {startFauxqs} from 'fauxqs'

/** An S3 server in a process of its own, with the bucket `site`, on the port that PORT names. */
await startFauxqs({port: Number(process.env['PORT']), logger: false, init: {buckets: ['site']}})
process.stdout.write('listening\n')
