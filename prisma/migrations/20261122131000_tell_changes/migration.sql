-- Whoever shows records is told that they changed, and reads them again: a notification on channel berth_changes names the
-- team and the app, and nothing of what changed. PostgreSQL sends it when the transaction commits, once for equal ones.
CREATE FUNCTION tell_change(team uuid, app uuid, name text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify('berth_changes', json_build_object('teamId', team, 'appId', app, 'app', name)::text)
$$;

-- On tables with an "appId". Rows that go with their app tell nothing: the app does.
CREATE FUNCTION tell_change_of_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_change("teamId", "id", "name") FROM "App" WHERE "id" = COALESCE(NEW."appId", OLD."appId");
  RETURN NULL;
END
$$;

-- On "App" itself: an app that gets another name or team is told of under both.
CREATE FUNCTION tell_changed_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM tell_change(OLD."teamId", OLD."id", OLD."name"); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM tell_change(NEW."teamId", NEW."id", NEW."name"); END IF;
  RETURN NULL;
END
$$;

-- On tables with a "teamId", which may be null.
CREATE FUNCTION tell_change_of_team() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  team uuid := COALESCE(NEW."teamId", OLD."teamId");
BEGIN
  IF team IS NOT NULL THEN PERFORM tell_change(team, NULL, NULL); END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION tell_changed_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_change(COALESCE(NEW."id", OLD."id"), NULL, NULL);
  RETURN NULL;
END
$$;

CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON "App"
  FOR EACH ROW EXECUTE FUNCTION tell_changed_app();
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON "Team"
  FOR EACH ROW EXECUTE FUNCTION tell_changed_team();

DO $$
DECLARE
  each text;
BEGIN
  FOREACH each IN ARRAY ARRAY[
    'AppConfiguration', 'AppDoor', 'Build', 'Certificate', 'CronJob', 'CronRun', 'Death', 'Deployment', 'Domain', 'Drain',
    'Process', 'Release', 'Revision'
  ] LOOP
    EXECUTE format('CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION tell_change_of_app()', each);
  END LOOP;
  FOREACH each IN ARRAY ARRAY[
    'AuditEntry', 'Invitation', 'Membership', 'NotificationTarget', 'RegistryCredential'
  ] LOOP
    EXECUTE format('CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION tell_change_of_team()', each);
  END LOOP;
END
$$;
