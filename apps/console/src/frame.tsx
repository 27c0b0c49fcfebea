import { AppShell, Burger, Button, Group, Menu, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useText } from './i18n/language.js';
import { NAVIGATION } from './navigation.js';
import { Forbidden } from './parts/not-found.js';
import { Preferences } from './parts/preferences.js';
import { useAccess } from './session/access.js';
import { useSession } from './session/session.js';

/** Header, navigation and the page. */
export function Frame() {
  const text = useText();
  const [isOpen, navigation] = useDisclosure(false);
  const { pathname } = useLocation();
  const { isAllowed } = useAccess();
  const current = NAVIGATION.find(({ path }) => `${pathname}/`.startsWith(`${path}/`));
  const { close } = navigation;
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <a className="skip-link" href="#content">
          {text.skipToContent}
        </a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={navigation.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={text.openNavigation}
              aria-expanded={isOpen}
            />
            <Text fw={700} visibleFrom="xs">
              {text.product}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Preferences />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={text.navigation}>
        {NAVIGATION.filter(isAllowed).map((entry) => (
          <NavLink
            key={entry.path}
            component={Link}
            to={entry.path}
            label={text.pages[entry.text]}
            active={entry === current}
            aria-current={entry === current ? 'page' : undefined}
            variant="filled"
          />
        ))}
        <NavLink href="/docs" label="API" mt="auto" />
        <NavLink href="/asyncapi" label={text.events} />
        <NavLink href="/runbook" label={text.runbook} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {current && !isAllowed(current) ? <Forbidden /> : <Outlet />}
      </AppShell.Main>
    </AppShell>
  );
}

function AccountMenu() {
  const text = useText();
  const { id, email, signOut } = useSession();
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button size="xs" variant="default">
          {text.account}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{email ?? id}</Menu.Label>
        <Menu.Item onClick={signOut}>{text.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
