import {
  Button,
  CloseIcon,
  Confirm,
  CopyButton,
  Field,
  FormDialog,
  IconButton,
  Menu,
  MenuChoice,
  MenuItem,
  MenuLabel,
  MenuLine,
  MoreIcon,
  PlusIcon,
  Popover,
  Tooltip,
} from '@berth/ui'
import { useState } from 'react'
import { Line, Shown } from './shown.tsx'

export function Buttons() {
  return (
    <>
      {(['primary', 'plain', 'quiet', 'danger'] as const).map((look) => (
        <Shown key={look} name={`Button look="${look}"`}>
          <Line>
            <Button look={look}>Deploy</Button>
            <Button look={look} size="small">
              Small
            </Button>
            <Button look={look}>
              <PlusIcon /> With a sign
            </Button>
            <Button look={look} busy>
              Busy
            </Button>
            <Button look={look} disabled>
              Disabled
            </Button>
          </Line>
        </Shown>
      ))}
      <Shown name="IconButton, CopyButton">
        <Line>
          <IconButton label="More" icon={<MoreIcon />} />
          <IconButton label="Remove the key laptop" icon={<CloseIcon />} danger />
          <IconButton label="Not now" icon={<PlusIcon />} disabled />
          <CopyButton text="copied" />
        </Line>
      </Shown>
    </>
  )
}

export function Floats() {
  return (
    <Shown name="Menu, Popover, Tooltip, FormDialog, Confirm">
      <Line>
        <SomeMenu />
        <Popover label="Narrow the list" trigger={<Button>Popover</Button>}>
          <Field label="Since" defaultValue="yesterday" />
        </Popover>
        <Tooltip text="Nothing stands here that cannot be done without.">
          <Button>Tooltip</Button>
        </Tooltip>
        <SomeDialog />
        <SomeQuestion />
        <SomeDanger />
      </Line>
    </Shown>
  )
}

function SomeMenu() {
  const [order, setOrder] = useState('name')
  const options = [
    { value: 'name', words: 'By name' },
    { value: 'state', words: 'By state' },
  ]
  return (
    <Menu trigger={<Button>Menu</Button>}>
      <MenuItem>Restart</MenuItem>
      <MenuItem disabled>Not now</MenuItem>
      <MenuLine />
      <MenuLabel>Order</MenuLabel>
      <MenuChoice label="Order" value={order} options={options} onChange={setOrder} />
      <MenuLine />
      <MenuItem danger>Remove</MenuItem>
    </Menu>
  )
}

function SomeDialog() {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>FormDialog</Button>
      {open && (
        <FormDialog
          title="A question"
          description="It must be answered before anything else."
          action="Answer"
          onSubmit={close}
          onClose={close}
        >
          <Field label="Name" name="name" required autoComplete="off" />
        </FormDialog>
      )}
    </>
  )
}

function SomeQuestion() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>Confirm</Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title="Revoke the token laptop"
        description="Whatever uses it is refused from now on."
        action="Revoke"
        busy={false}
        onConfirm={() => setOpen(false)}
      />
    </>
  )
}

function SomeDanger() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        Confirm name
      </Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title="Remove tides"
        description="Its address stops answering at once."
        name={{ label: 'Name of the app', value: 'tides' }}
        action="Remove for good"
        busy={false}
        onConfirm={() => setOpen(false)}
      />
    </>
  )
}
