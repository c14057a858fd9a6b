import { bucketFloorMs, bucketOf, countAll, type LatencyHistogram } from './latency-histogram.ts'
import type { Snapshot } from './snapshot.ts'

/** How the apps are called that whoever asks may see; others are not in what they get. */
export type ExposedApps = ReadonlyMap<string, { app: string; team: string }>

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * A snapshot in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats. Labels are names of
 * apps, teams, process types and places in a formation, never of containers or paths: their number is bounded, and does not
 * grow with deployments. `machine`: for who may see the machine.
 */
export function renderExposition(
  snapshot: Snapshot,
  { apps, machine }: { apps: ExposedApps; machine: boolean },
): string {
  const families = [...instanceFamilies(snapshot, apps), ...trafficFamilies(snapshot, apps)]
  const shown = machine ? [...families, ...machineFamilies(snapshot)] : families
  return shown
    .filter(({ samples }) => samples.length > 0)
    .map(renderFamily)
    .join('')
}

type Labels = Readonly<Record<string, string>>
type Sample = { suffix?: string; labels: Labels; value: number }
type Family = { name: string; type: 'counter' | 'gauge' | 'histogram'; help: string; samples: Sample[] }

function instanceFamilies({ instances }: Snapshot, apps: ExposedApps): Family[] {
  type Instance = Snapshot['instances'][number]
  const family = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    valueIn: (instance: Instance) => number | null,
  ): Family => ({
    ...{ name: `berth_instance_${name}`, type, help },
    samples: instances.flatMap((instance) => {
      const [known, value] = [apps.get(instance.appId), valueIn(instance)]
      if (known === undefined || value === null) return []
      return [{ labels: { ...known, process: instance.processType, instance: instance.name }, value }]
    }),
  })
  return [
    family('cpu_seconds_total', 'counter', 'Time on a CPU.', ({ cpuMs }) => cpuMs / 1_000),
    family(
      'memory_bytes',
      'gauge',
      'Memory, without file pages that can go at once.',
      (each) => each.memoryBytes,
    ),
    family('memory_limit_bytes', 'gauge', 'The most memory it may use.', (each) => each.memoryLimitBytes),
    family('processes', 'gauge', 'Processes and threads.', ({ pids }) => pids),
    family(
      'restarts_total',
      'counter',
      'How often it ended by itself and was started again.',
      (each) => each.restarts,
    ),
    family('network_receive_bytes_total', 'counter', 'What it was sent.', (each) => each.receivedBytes),
    family('network_transmit_bytes_total', 'counter', 'What it sent.', ({ sentBytes }) => sentBytes),
    family('disk_read_bytes_total', 'counter', 'What it read from disks.', ({ readBytes }) => readBytes),
    family(
      'disk_written_bytes_total',
      'counter',
      'What it wrote to disks.',
      ({ writtenBytes }) => writtenBytes,
    ),
  ]
}

/** As Prometheus' own libraries cut: few enough to be cheap, fine enough to alert by. In milliseconds. */
const bounds = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

function trafficFamilies({ apps: counted }: Snapshot, apps: ExposedApps): Family[] {
  const known = counted.flatMap((each) => {
    const labels = apps.get(each.appId)
    return labels === undefined ? [] : [{ ...each, labels }]
  })
  return [
    {
      ...{
        name: 'berth_app_requests_total',
        type: 'counter',
        help: 'Requests that were answered, by class of status.',
      },
      samples: known.flatMap(({ labels, statuses }) =>
        statuses.map((value, place) => ({ labels: { ...labels, status: `${place + 1}xx` }, value })),
      ),
    },
    {
      ...{ name: 'berth_app_request_duration_seconds', type: 'histogram' },
      help: 'From the first byte of a request to the last of its answer.',
      samples: known.flatMap(durations),
    },
    {
      ...{
        name: 'berth_app_receive_bytes_total',
        type: 'counter',
        help: 'What clients sent, headers included.',
      },
      samples: known.map(({ labels, requestBytes: value }) => ({ labels, value })),
    },
    {
      ...{
        name: 'berth_app_transmit_bytes_total',
        type: 'counter',
        help: 'What clients were sent, headers included.',
      },
      samples: known.map(({ labels, responseBytes: value }) => ({ labels, value })),
    },
  ]
}

function durations({
  labels,
  latency,
  latencySumMs,
}: {
  labels: Labels
  latency: LatencyHistogram
  latencySumMs: number
}) {
  const all = countAll(latency)
  return [
    ...bounds.map((bound) => ({
      ...{ suffix: '_bucket', labels: { ...labels, le: String(bound / 1_000) } },
      value: countUpTo(latency, bound),
    })),
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: all },
    { suffix: '_sum', labels, value: latencySumMs / 1_000 },
    { suffix: '_count', labels, value: all },
  ]
}

/** A bucket that the bound cuts through counts by the part of it that lies below. */
function countUpTo(latency: LatencyHistogram, boundMs: number): number {
  const cut = bucketOf(boundMs)
  const [floor, next] = [bucketFloorMs(cut), bucketFloorMs(cut + 1)]
  const below = latency.slice(0, cut).reduce((sum, counted) => sum + counted, 0)
  return Math.floor(below + ((latency[cut] ?? 0) * (boundMs + 1 - floor)) / (next - floor))
}

function machineFamilies({ machine }: Snapshot): Family[] {
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Family => ({
    ...{ name: `berth_machine_${name}`, type, help },
    samples: [{ labels: {}, value }],
  })
  return [
    one('cpus', 'gauge', 'CPUs of the machine.', machine.cpus),
    one('cpu_seconds_total', 'counter', 'Time that its CPUs were busy, all together.', machine.cpuMs / 1_000),
    one('memory_bytes', 'gauge', 'Memory that is not available.', machine.memoryBytes),
    one('memory_total_bytes', 'gauge', 'Memory of the machine.', machine.memoryTotalBytes),
    one('disk_used_bytes', 'gauge', 'Used of the disk that Berth lies on.', machine.diskUsedBytes),
    one('disk_total_bytes', 'gauge', 'Size of the disk that Berth lies on.', machine.diskTotalBytes),
  ]
}

function renderFamily({ name, type, help, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${renderLabels(labels)} ${value}`,
  )
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
