import {
  Badge,
  Breadcrumbs,
  Button,
  Card,
  Cell,
  CodeBlock,
  CopyField,
  Disclosure,
  Item,
  ItemList,
  Row,
  SideNav,
  StateMark,
  sideLinkClass,
  Table,
  TabNav,
  Tabs,
  Timeline,
  TimelineStep,
  tabClass,
} from '@berth/ui'
import { useState } from 'react'
import { Shown } from './shown.tsx'

const apps = [
  { name: 'atlas', requests: 12 },
  { name: 'shop', requests: 4210 },
  { name: 'tides', requests: 380 },
]

export function Lists() {
  return (
    <>
      <Shown name="Table: arrows walk it, Enter opens, a heading sorts">
        <SortedTable />
      </Shown>
      <Shown name="ItemList">
        <ItemList label="Keys">
          <Item
            title="laptop"
            mark={<Badge tone="accent">this one</Badge>}
            action={<Button size="small">Revoke</Button>}
          >
            Used 3 min ago
          </Item>
          <Item title="A name that is so long that it does not fit into the line and has to be cut">
            Never used
          </Item>
        </ItemList>
      </Shown>
      <Shown name="Timeline">
        <Timeline label="Steps">
          <TimelineStep shape="check" tone="good" word="Done" title="Build" aside="12 s" />
          <TimelineStep
            shape="ring"
            tone="accent"
            word="Running"
            title="Wait until web.1 is healthy"
            aside="4 s"
            selected
          />
          <TimelineStep shape="dot" tone="grey" word="To come" title="Switch the route" />
          <TimelineStep shape="triangle" tone="bad" word="Failed" title="Drain v12" aside="30 s" />
        </Timeline>
      </Shown>
      <Shown name="CodeBlock, CopyField">
        <CodeBlock
          label="Commands"
          code={'git remote add berth ssh://git@harbour.example/tides.git\ngit push berth main'}
          prompt
        />
        <CopyField label="the address" value="ssh://git@harbour.example:2222/tides.git" />
      </Shown>
    </>
  )
}

function SortedTable() {
  const [down, setDown] = useState(true)
  const rows = apps.toSorted((one, other) => (other.requests - one.requests) * (down ? 1 : -1))
  const requests = { title: 'Requests', isNumber: true, onSort: () => setDown(!down) }
  return (
    <Table
      label="Apps"
      head={[
        'App',
        'State',
        { ...requests, sorted: down ? 'descending' : 'ascending' },
        { title: 'More', isQuiet: true },
      ]}
    >
      {rows.map(({ name, requests: count }) => (
        <Row key={name}>
          <Cell wide>
            <a href="#Lists" data-opens="" className="rounded-sm font-medium">
              {name}
            </a>
          </Cell>
          <Cell>
            <StateMark shape="circle" tone="good" word="Live" />
          </Cell>
          <Cell isNumber>{count.toLocaleString('en')}</Cell>
          <Cell className="text-right">
            <Button size="small">Open</Button>
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

type Part = 'steps' | 'log'

export function Navigation() {
  const [part, setPart] = useState<Part>('steps')
  return (
    <>
      <Shown name="Breadcrumbs">
        <Breadcrumbs>
          <a href="#Navigation">Harbour</a>
          <a href="#Navigation" aria-current="page" className="font-medium">
            tides
          </a>
        </Breadcrumbs>
      </Shown>
      <Shown name="TabNav: pages">
        <TabNav label="Pages">
          <a href="#Navigation" className={tabClass} aria-current="page">
            Overview
          </a>
          <a href="#Navigation" className={tabClass}>
            Logs
          </a>
        </TabNav>
      </Shown>
      <Shown name="Tabs: parts of a page">
        <Tabs<Part>
          label="Parts"
          value={part}
          onChange={setPart}
          tabs={[
            { value: 'steps', title: 'Steps', content: 'What is done.' },
            { value: 'log', title: 'Log', content: 'What it said.' },
          ]}
        />
      </Shown>
      <Shown name="SideNav">
        <SideNav
          label="Settings"
          links={
            <>
              <a href="#Navigation" className={sideLinkClass} aria-current="page">
                Name
              </a>
              <a href="#Navigation" className={sideLinkClass}>
                Registries
              </a>
            </>
          }
        >
          <Card className="p-4">What belongs to the name.</Card>
        </SideNav>
      </Shown>
      <Shown name="Disclosure">
        <Disclosure summary="The same as a command">berth apps</Disclosure>
      </Shown>
    </>
  )
}
