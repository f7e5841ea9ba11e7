"""The suites call every public member of the client's classes, or say why not. Runs last."""


def test_every_public_member_is_called_or_has_a_reason(members, whole_suite, missing_reasons):
    if not whole_suite:
        return
    open_ones = members.all - members.called - set(missing_reasons)
    assert not open_ones, '\n'.join(sorted(open_ones))


def test_no_reason_is_too_old(members, whole_suite, missing_reasons):
    if not whole_suite:
        return
    assert sorted(set(missing_reasons) & members.called) == []
    assert sorted(set(missing_reasons) - members.all) == []
