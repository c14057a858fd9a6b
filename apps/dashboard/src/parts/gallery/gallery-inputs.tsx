import {
  AreaField,
  CheckField,
  CheckGroup,
  ChoiceField,
  Field,
  FieldRow,
  FileButton,
  FileDrop,
  FilterBar,
  NumberField,
  SearchField,
  SegmentedControl,
  Select,
  SelectField,
  ShowMore,
  Slider,
  Switch,
  saySize,
} from '@berth/ui'
import { useState } from 'react'
import { Shown } from './shown.tsx'

const ranges = [
  { value: '1h', words: '1 h' },
  { value: '24h', words: '24 h' },
  { value: '7d', words: '7 d' },
] as const
type Range = (typeof ranges)[number]['value']

const roles = [
  { value: 'developer', words: 'Developer', hint: 'Deploys, scales and configures' },
  { value: 'viewer', words: 'Viewer', hint: 'Looks at everything but secrets' },
] as const
type Role = (typeof roles)[number]['value']

export function Fields() {
  const [memory, setMemory] = useState(512)
  return (
    <>
      <Shown name="Field">
        <Field label="Name" placeholder="my-app" hint="It will answer at my-app.example." />
        <Field label="Name" defaultValue="My App" error="A name has small letters, digits and dashes." mono />
        <Field label="Name" defaultValue="tides" disabled />
      </Shown>
      <Shown name="AreaField">
        <AreaField
          label="Variables"
          defaultValue={'PORT=5000\nLOG_LEVEL=info'}
          error="Line 2 has no value."
        />
      </Shown>
      <Shown name="FileDrop, FileButton">
        <FileDrop onFile={() => {}} className="flex flex-col items-start gap-2">
          <AreaField label="Certificate" rows={3} hint="Paste it, drop the file here, or choose it." />
          <FileButton label="Certificate" onFile={() => {}}>
            Choose a file
          </FileButton>
        </FileDrop>
      </Shown>
      <Shown name="SelectField, in a FieldRow">
        <FieldRow>
          <SelectField
            label="Role"
            value="viewer"
            options={roles.map(({ value, words }) => ({ value, words }))}
            onChange={() => {}}
            className="flex-1"
          />
          <NumberField
            label="Memory"
            unit="MB"
            min={64}
            max={4096}
            step={64}
            value={memory}
            onChange={setMemory}
          />
        </FieldRow>
      </Shown>
      <Shown name="NumberField, Slider">
        <NumberField
          label="Instances"
          min={0}
          max={10}
          value={3}
          onChange={() => {}}
          hint="At most 10."
          className="max-w-48"
        />
        <NumberField label="Not now" value={1} onChange={() => {}} disabled className="max-w-48" />
        <Slider
          label="Memory"
          min={64}
          max={4096}
          step={64}
          value={memory}
          onChange={setMemory}
          say={(megabytes) => saySize(megabytes * 1024 * 1024)}
        />
        <Slider label="Not now" min={0} max={10} value={4} onChange={() => {}} disabled />
      </Shown>
    </>
  )
}

export function Choices() {
  const [range, setRange] = useState<Range>('1h')
  const [role, setRole] = useState<Role>('viewer')
  const [on, setOn] = useState(true)
  return (
    <>
      <Shown name="SegmentedControl">
        <SegmentedControl
          label="Range"
          value={range}
          options={ranges}
          onChange={setRange}
          className="self-start"
        />
        <SegmentedControl
          label="Range, not now"
          value={range}
          options={ranges}
          onChange={setRange}
          disabled
          className="self-start"
        />
      </Shown>
      <Shown name="Select">
        <Select label="Role" value={role} options={roles} onChange={setRole} className="w-48" />
        <Select
          label="Role, not now"
          value={role}
          options={roles}
          onChange={setRole}
          disabled
          className="w-48"
        />
      </Shown>
      <Shown name="ChoiceField">
        <ChoiceField label="Role" value={role} options={roles} onChange={setRole} />
      </Shown>
      <Shown name="Switch">
        <Switch label="Preview every branch" hint="Takes effect at once." checked={on} onChange={setOn} />
        <Switch label="Not now" checked={false} onChange={() => {}} disabled />
      </Shown>
      <Shown name="CheckField, CheckGroup">
        <CheckGroup label="Tell about" hint="By e-mail.">
          <CheckField label="Failed deployments" hint="With the cause." defaultChecked />
          <CheckField label="Crashes" />
          <CheckField label="Not now" disabled />
        </CheckGroup>
      </Shown>
    </>
  )
}

export function Filters() {
  const [search, setSearch] = useState('')
  const [state, setState] = useState('')
  return (
    <Shown name="FilterBar, SearchField, ShowMore">
      <FilterBar label="Apps" aside="12 of 40">
        <SearchField label="Search apps" value={search} onChange={setSearch} className="w-48" />
        <Select
          label="State"
          value={state}
          options={[
            { value: '', words: 'Any state' },
            { value: 'live', words: 'Live' },
          ]}
          onChange={setState}
        />
      </FilterBar>
      <ShowMore shown={50} total={1204} noun="deployments" onMore={() => {}} />
      <ShowMore shown={1204} total={1204} noun="deployments" onMore={null} />
    </Shown>
  )
}
