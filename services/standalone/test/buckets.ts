import {CreateBucketCommand, S3Client} from '@aws-sdk/client-s3'
import {startFauxqs} from 'fauxqs'
import {findRadosgw} from '@broadside/servers'
import {startFaultyGateway, startRadosgw, type FaultyGateway} from '@broadside/testkit'
import {isFullRun} from '@broadside/testkit/test-size'
import {s3Credentials} from './apart/start-apart.ts'

/** An S3 server with the bucket `site`, behind a gateway. */
export type RunningBucket = {gateway: FaultyGateway; close: () => Promise<void>}
export type Bucket = {name: string; judgesSignatures: boolean; start: () => Promise<RunningBucket>}

export const bucketCredentials = {
  accessKeyId: s3Credentials.AWS_ACCESS_KEY_ID,
  secretAccessKey: s3Credentials.AWS_SECRET_ACCESS_KEY,
}

/** Buckets that keep conditions on puts: one whose gateway does it, and in a full run that of Ceph, where it can be had. */
export async function bucketsWithConditions(): Promise<Bucket[]> {
  const small = {name: 'a small bucket', judgesSignatures: false, start: startSmall}
  const radosgw = isFullRun ? await findRadosgw() : undefined
  if (radosgw === undefined) {
    if (isFullRun) console.log('without radosgw: its packages cannot be had on this system, or do not run here')
    return [small]
  }
  const startCeph = async () => {
    const server = await startRadosgw(radosgw, bucketCredentials)
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${server.port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: bucketCredentials,
    })
    await client.send(new CreateBucketCommand({Bucket: 'site'}))
    client.destroy()
    return behindGateway(await startFaultyGateway(server.port), server.close)
  }
  return [small, {name: 'radosgw', judgesSignatures: true, start: startCeph}]
}

async function startSmall(): Promise<RunningBucket> {
  const server = await startFauxqs({port: 0, logger: false, init: {buckets: ['site']}})
  return behindGateway(await startFaultyGateway(server.port, {keepsConditions: true}), () => server.stop())
}

function behindGateway(gateway: FaultyGateway, stop: () => Promise<void>): RunningBucket {
  return {
    gateway,
    async close() {
      await gateway.close()
      await stop()
    },
  }
}
